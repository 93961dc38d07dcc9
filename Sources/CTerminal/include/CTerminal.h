#ifndef CTERMINAL_H
#define CTERMINAL_H
/* Our own calls over ncursesw; <ncurses.h> stays inside the .c file. */
int ct_version(void);
#endif

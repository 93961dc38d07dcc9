#include "CTerminal.h"
#include <ncurses.h>
#include <term.h>
#include <unistd.h>

/* In a file of its own, for term.h makes macros of words such as `columns`. */
bool ct_knows_terminal(void) {
    int error;
    if (setupterm(NULL, STDOUT_FILENO, &error) != OK) return false;
    del_curterm(cur_term);
    return true;
}

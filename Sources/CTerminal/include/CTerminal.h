#ifndef CTERMINAL_H
#define CTERMINAL_H
/* Our own calls over ncursesw and the signals of a terminal. <ncurses.h> stays inside the .c files: its macros would
   pollute whoever imports this module. Everything here belongs to the main thread, except ct_bell_ring. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- locale ------------------------------------------------------------------------------------------------------ */

/* Takes the locale of the environment, or C.UTF-8 if it names none that exists. True if text is UTF-8. */
bool ct_locale_is_utf8(void);
/* Columns of a character in that locale; -1 if it cannot be shown. */
int ct_width(uint32_t scalar);

/* --- screen ------------------------------------------------------------------------------------------------------ */

enum { CT_BOLD = 1, CT_REVERSE = 2, CT_DIM = 4, CT_UNDERLINE = 8 };

/* Takes over the terminal on standard input and output. False if terminfo does not know it. */
bool ct_open(bool colors, bool synchronized);
/* Gives it back as it was found. Harmless if it is not open. */
void ct_close(void);
/* How many colours it has; 0 if none, or if none were asked for. */
int ct_colors(void);
/* Gives the terminal back, stops the process group until `fg`, and takes it over again. */
void ct_suspend(void);
/* Takes it over again after somebody else had it. */
void ct_resume(void);
/* The extent of the terminal now, at most 1000 x 500; ncurses is told. */
void ct_size(int *columns, int *rows);
/* Puts characters into the next picture; foreground -1 is the terminal's own. */
void ct_put(int column, int row, const uint32_t *scalars, int count, int foreground, int attributes);
/* Sends what differs from the last picture. A cursor column of -1 hides the cursor. */
void ct_show(int cursor_column, int cursor_row);
/* Sends the whole picture with the next ct_show. */
void ct_forget(void);
/* Sends bytes past ncurses, such as an OSC 52. */
void ct_send(const uint8_t *bytes, size_t count);

/* --- keys -------------------------------------------------------------------------------------------------------- */

enum { CT_NONE = 0, CT_CHARACTER = 1, CT_KEY = 2 };
enum {
    CT_KEY_UNKNOWN = 0, CT_KEY_UP, CT_KEY_DOWN, CT_KEY_LEFT, CT_KEY_RIGHT, CT_KEY_CONTROL_LEFT, CT_KEY_CONTROL_RIGHT,
    CT_KEY_PAGE_UP, CT_KEY_PAGE_DOWN, CT_KEY_HOME, CT_KEY_END, CT_KEY_ENTER, CT_KEY_BACK_TAB, CT_KEY_BACKSPACE,
    CT_KEY_DELETE, CT_KEY_INSERT, CT_KEY_PASTE_BEGIN, CT_KEY_PASTE_END,
    /* CT_KEY_FUNCTION + 1 is F1. */
    CT_KEY_FUNCTION = 100
};
/* The next key that has been typed, without waiting. */
int ct_next_key(uint32_t *value);

/* --- waiting ----------------------------------------------------------------------------------------------------- */

enum { CT_READY_KEYS = 1, CT_READY_BELL = 2, CT_READY_SIGNAL = 4, CT_GONE = 8 };
/* Waits for keys (if the terminal is ours), the bell or a signal, at most so long (-1: for ever). */
int ct_wait(bool keys, int bell, int signals, int milliseconds);

/* A bell that any thread may ring (an eventfd); -1 if there are no descriptors left. */
int ct_bell_open(void);
void ct_bell_ring(int bell);
void ct_bell_clear(int bell);

enum { CT_SIGNAL_NONE = 0, CT_SIGNAL_RESIZE, CT_SIGNAL_INTERRUPT, CT_SIGNAL_TERMINATE, CT_SIGNAL_HANGUP,
       CT_SIGNAL_STOP, CT_SIGNAL_CONTINUE };
/* Blocks the signals of a terminal in this thread and all it will start, and answers where to read them; -1 on error. */
int ct_signals_open(void);
void ct_signals_close(int signals);
int ct_next_signal(int signals);

bool ct_is_terminal(int descriptor);
/* Whether terminfo has a description for TERM. Before ct_open only. */
bool ct_knows_terminal(void);
void ct_close_descriptor(int descriptor);
#endif

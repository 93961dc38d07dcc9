#ifndef CT_INTERNAL_H
#define CT_INTERNAL_H
#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

/* rescue.c: giving the terminal back when the process dies. */

/* From now on a crash writes these bytes, sets these modes, and then dies as it would have. */
void ct_rescue_arm(int descriptor, const char *bytes, size_t count, const struct termios *modes);
void ct_rescue_disarm(void);

/* aside.c: what others print while the screen is ours. */

/* Standard output and error go to memory, so that nobody writes into the picture. */
void ct_aside_begin(void);
/* Forgets what was kept once it is too much. */
void ct_aside_trim(void);
/* They go where they went before, and standard error gets what was kept. Async-signal-safe. */
void ct_aside_end(void);
#endif

#include "CTerminal.h"
#include <ncurses.h>

int ct_version(void) { return NCURSES_VERSION_MAJOR * 100 + NCURSES_VERSION_MINOR; }

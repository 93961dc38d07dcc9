#include "CTerminal.h"
#include "internal.h"
#include <errno.h>
#include <ncurses.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { WIDEST = 1000, TALLEST = 500, PASTE_BEGIN = 0x7000, PASTE_END, CONTROL_LEFT, CONTROL_RIGHT };

static SCREEN *screen;
static FILE *output;
static WINDOW *keys;
static int terminal = -1;
static int colors;
static bool default_colors;
static bool synchronized_output;
static bool cursor_shown;

static const char paste_on[] = "\033[?2004h";
static const char paste_off[] = "\033[?2004l";

void ct_send(const uint8_t *bytes, size_t count) {
    if (terminal < 0) return;
    while (count > 0) {
        ssize_t written = write(terminal, bytes, count);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        bytes += written;
        count -= (size_t)written;
    }
}

static void send_text(const char *text) { ct_send((const uint8_t *)text, strlen(text)); }

/* Appends a capability without its padding, such as $<5>. */
static size_t append(char *into, size_t used, size_t room, const char *capability) {
    const char *text = tigetstr(capability);
    if (!text || text == (char *)-1) return used;
    for (; *text && used < room; text++) {
        if (text[0] == '$' && text[1] == '<') {
            const char *end = strchr(text, '>');
            if (end) { text = end; continue; }
        }
        into[used++] = *text;
    }
    return used;
}

static void arm(const struct termios *modes) {
    char bytes[256];
    size_t used = 0;
    const char *always = "\033[?2026l\033[?2004l";
    memcpy(bytes, always, strlen(always));
    used = strlen(always);
    used = append(bytes, used, sizeof bytes, "sgr0");
    used = append(bytes, used, sizeof bytes, "cnorm");
    used = append(bytes, used, sizeof bytes, "rmkx");
    used = append(bytes, used, sizeof bytes, "rmcup");
    if (used < sizeof bytes) bytes[used++] = '\r';
    if (used < sizeof bytes) bytes[used++] = '\n';
    ct_rescue_arm(terminal, bytes, used, modes);
}

bool ct_open(bool wants_colors, bool synchronized) {
    if (screen) return true;
    struct termios modes;
    if (tcgetattr(STDIN_FILENO, &modes) != 0) return false;
    terminal = dup(STDOUT_FILENO);
    if (terminal < 0) return false;
    output = fdopen(terminal, "w");
    if (!output) {
        close(terminal);
        terminal = -1;
        return false;
    }
    screen = newterm(NULL, output, stdin);
    if (!screen) {
        fclose(output);
        output = NULL;
        terminal = -1;
        return false;
    }
    set_term(screen);
    arm(&modes);
    ct_aside_begin();
    static bool registered;
    if (!registered) registered = atexit(ct_close) == 0;
    set_escdelay(25);
    raw();
    noecho();
    nonl();
    curs_set(0);
    cursor_shown = false;
    leaveok(stdscr, TRUE);
    idlok(stdscr, TRUE);
    colors = 0;
    if (wants_colors && has_colors() && start_color() == OK) {
        default_colors = use_default_colors() == OK;
        colors = COLORS;
    }
    /* Keys are read from a pad: wget_wch would otherwise refresh stdscr in the middle of a picture. */
    keys = newpad(1, 1);
    if (keys) {
        keypad(keys, TRUE);
        nodelay(keys, TRUE);
    }
    define_key("\033[200~", PASTE_BEGIN);
    define_key("\033[201~", PASTE_END);
    define_key("\033[1;5D", CONTROL_LEFT);
    define_key("\033[1;5C", CONTROL_RIGHT);
    synchronized_output = synchronized;
    send_text(paste_on);
    int columns, rows;
    ct_size(&columns, &rows);
    werase(stdscr);
    return true;
}

void ct_close(void) {
    if (!screen) return;
    send_text(paste_off);
    curs_set(1);
    endwin();
    ct_aside_end();
    ct_rescue_disarm();
    if (keys) delwin(keys);
    keys = NULL;
    delscreen(screen);
    screen = NULL;
    fclose(output);
    output = NULL;
    terminal = -1;
}

int ct_colors(void) { return colors; }

void ct_resume(void) {
    if (!screen) return;
    reset_prog_mode();
    send_text(paste_on);
    int columns, rows;
    ct_size(&columns, &rows);
    clearok(curscr, TRUE);
    ct_show(-1, -1);
}

void ct_suspend(void) {
    if (!screen) return;
    def_prog_mode();
    send_text(paste_off);
    curs_set(1);
    cursor_shown = true;
    endwin();
    /* As the kernel would on Ctrl-z in a cooked terminal: the whole process group, and not at all if no shell waits. */
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    struct sigaction fallback = {.sa_handler = SIG_DFL}, before;
    sigaction(SIGTSTP, &fallback, &before);
    pthread_sigmask(SIG_UNBLOCK, &stop, NULL);
    kill(0, SIGTSTP);
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    sigaction(SIGTSTP, &before, NULL);
    ct_resume();
}

void ct_size(int *columns, int *rows) {
    struct winsize extent = {0};
    *columns = 80;
    *rows = 24;
    if (terminal >= 0 && ioctl(terminal, TIOCGWINSZ, &extent) == 0 && extent.ws_col > 0 && extent.ws_row > 0) {
        *columns = extent.ws_col;
        *rows = extent.ws_row;
    }
    if (*columns > WIDEST) *columns = WIDEST;
    if (*rows > TALLEST) *rows = TALLEST;
    if (screen && is_term_resized(*rows, *columns)) {
        resizeterm(*rows, *columns);
        clearok(curscr, TRUE);
    }
}

void ct_put(int column, int row, const uint32_t *scalars, int count, int foreground, int attributes) {
    if (!screen || count <= 0 || wmove(stdscr, row, column) == ERR) return;
    attr_t set = A_NORMAL;
    if (attributes & CT_BOLD) set |= A_BOLD;
    if (attributes & CT_REVERSE) set |= A_REVERSE;
    if (attributes & CT_DIM) set |= A_DIM;
    if (attributes & CT_UNDERLINE) set |= A_UNDERLINE;
    int pair = 0;
    if (foreground >= 0 && foreground < colors) pair = alloc_pair(foreground, default_colors ? -1 : COLOR_BLACK);
    if (pair < 0) pair = 0;
    wattr_set(stdscr, set, 0, &pair);
    /* wchar_t is UTF-32 here. */
    waddnwstr(stdscr, (const wchar_t *)scalars, count);
}

void ct_show(int cursor_column, int cursor_row) {
    if (!screen) return;
    if (synchronized_output) send_text("\033[?2026h");
    bool shown = cursor_column >= 0 && cursor_row >= 0;
    leaveok(stdscr, !shown);
    if (shown) wmove(stdscr, cursor_row, cursor_column);
    if (shown != cursor_shown) curs_set(shown ? 1 : 0);
    cursor_shown = shown;
    wnoutrefresh(stdscr);
    doupdate();
    ct_aside_trim();
    if (synchronized_output) send_text("\033[?2026l");
}

void ct_forget(void) {
    if (screen) clearok(curscr, TRUE);
}

static uint32_t named_key(wint_t code) {
    switch (code) {
    case KEY_UP: return CT_KEY_UP;
    case KEY_DOWN: return CT_KEY_DOWN;
    case KEY_LEFT: return CT_KEY_LEFT;
    case KEY_RIGHT: return CT_KEY_RIGHT;
    case CONTROL_LEFT: return CT_KEY_CONTROL_LEFT;
    case CONTROL_RIGHT: return CT_KEY_CONTROL_RIGHT;
    case KEY_PPAGE: return CT_KEY_PAGE_UP;
    case KEY_NPAGE: return CT_KEY_PAGE_DOWN;
    case KEY_HOME: return CT_KEY_HOME;
    case KEY_END: return CT_KEY_END;
    case KEY_ENTER: return CT_KEY_ENTER;
    case KEY_BTAB: return CT_KEY_BACK_TAB;
    case KEY_BACKSPACE: return CT_KEY_BACKSPACE;
    case KEY_DC: return CT_KEY_DELETE;
    case KEY_IC: return CT_KEY_INSERT;
    case PASTE_BEGIN: return CT_KEY_PASTE_BEGIN;
    case PASTE_END: return CT_KEY_PASTE_END;
    default: return code > KEY_F0 && code <= KEY_F(24) ? CT_KEY_FUNCTION + (code - KEY_F0) : CT_KEY_UNKNOWN;
    }
}

int ct_next_key(uint32_t *value) {
    *value = 0;
    if (!keys) return CT_NONE;
    wint_t code = 0;
    switch (wget_wch(keys, &code)) {
    case OK: *value = (uint32_t)code; return CT_CHARACTER;
    case KEY_CODE_YES: *value = named_key(code); return CT_KEY;
    default: return CT_NONE;
    }
}

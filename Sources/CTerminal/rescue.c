#include "internal.h"
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGQUIT, SIGSYS};
enum { FATAL = sizeof fatal / sizeof fatal[0] };

static struct sigaction previous[FATAL];
static struct termios saved;
static char farewell[256];
static size_t farewell_count;
static int terminal = -1;
static atomic_bool armed;
static char stack[65536];

/* Only calls that are allowed in a signal handler. */
static void restore(void) {
    if (!atomic_exchange(&armed, false)) return;
    int kept = errno;
    for (size_t sent = 0; sent < farewell_count;) {
        ssize_t written = write(terminal, farewell + sent, farewell_count - sent);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) break;
        sent += (size_t)written;
    }
    tcsetattr(terminal, TCSANOW, &saved);
    ct_aside_end();
    errno = kept;
}

/* Gives the terminal back, then lets the process die as it would have: the handler before ours, or the default. */
static void died(int number, siginfo_t *info, void *context) {
    restore();
    for (int i = 0; i < FATAL; i++) {
        if (fatal[i] != number) continue;
        sigaction(number, &previous[i], NULL);
        if ((previous[i].sa_flags & SA_SIGINFO) && previous[i].sa_sigaction) {
            previous[i].sa_sigaction(number, info, context);
            return;
        }
        if (previous[i].sa_handler == SIG_IGN || previous[i].sa_handler == SIG_DFL) {
            signal(number, SIG_DFL);
            raise(number);
            return;
        }
        previous[i].sa_handler(number);
        return;
    }
}

void ct_rescue_arm(int descriptor, const char *bytes, size_t count, const struct termios *modes) {
    terminal = descriptor;
    saved = *modes;
    farewell_count = count < sizeof farewell ? count : sizeof farewell;
    memcpy(farewell, bytes, farewell_count);
    stack_t current;
    if (sigaltstack(NULL, &current) == 0 && (current.ss_flags & SS_DISABLE)) {
        stack_t ours = {.ss_sp = stack, .ss_size = sizeof stack};
        sigaltstack(&ours, NULL);
    }
    struct sigaction action = {.sa_sigaction = died, .sa_flags = SA_ONSTACK | SA_SIGINFO | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < FATAL; i++) sigaction(fatal[i], &action, &previous[i]);
    atomic_store(&armed, true);
}

void ct_rescue_disarm(void) {
    if (!atomic_exchange(&armed, false)) return;
    for (int i = 0; i < FATAL; i++) sigaction(fatal[i], &previous[i], NULL);
}

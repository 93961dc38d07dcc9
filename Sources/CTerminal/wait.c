#include "CTerminal.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

int ct_wait(bool keys, int bell, int signals, int milliseconds) {
    struct pollfd watched[3] = {
        {.fd = keys ? STDIN_FILENO : -1, .events = POLLIN},
        {.fd = bell, .events = POLLIN},
        {.fd = signals, .events = POLLIN},
    };
    if (poll(watched, 3, milliseconds) < 0) return 0;
    int ready = 0;
    if (watched[0].revents & POLLIN) ready |= CT_READY_KEYS;
    if (watched[0].revents & (POLLHUP | POLLERR | POLLNVAL)) ready |= CT_GONE;
    if (watched[1].revents & POLLIN) ready |= CT_READY_BELL;
    if (watched[2].revents & POLLIN) ready |= CT_READY_SIGNAL;
    return ready;
}

int ct_bell_open(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void ct_bell_ring(int bell) {
    uint64_t one = 1;
    while (write(bell, &one, sizeof one) < 0 && errno == EINTR) {}
}

void ct_bell_clear(int bell) {
    uint64_t rung;
    while (read(bell, &rung, sizeof rung) < 0 && errno == EINTR) {}
}

static sigset_t watched_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGWINCH);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGTSTP);
    sigaddset(&set, SIGCONT);
    return set;
}

int ct_signals_open(void) {
    sigset_t set = watched_signals();
    if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0) return -1;
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

void ct_signals_close(int signals) {
    if (signals >= 0) close(signals);
    sigset_t set = watched_signals();
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

int ct_next_signal(int signals) {
    struct signalfd_siginfo info;
    ssize_t count;
    while ((count = read(signals, &info, sizeof info)) < 0 && errno == EINTR) {}
    if (count != sizeof info) return CT_SIGNAL_NONE;
    switch (info.ssi_signo) {
    case SIGWINCH: return CT_SIGNAL_RESIZE;
    case SIGINT: return CT_SIGNAL_INTERRUPT;
    case SIGTERM: return CT_SIGNAL_TERMINATE;
    case SIGHUP: return CT_SIGNAL_HANGUP;
    case SIGTSTP: return CT_SIGNAL_STOP;
    case SIGCONT: return CT_SIGNAL_CONTINUE;
    default: return CT_SIGNAL_NONE;
    }
}

bool ct_is_terminal(int descriptor) { return isatty(descriptor) == 1; }

void ct_close_descriptor(int descriptor) {
    if (descriptor >= 0) close(descriptor);
}

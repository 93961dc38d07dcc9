#include "internal.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is kept at most: the end of it is what explains a death. */
enum { KEPT = 16384, TOO_MUCH = 1048576 };

static int memory = -1;
static int standard_output = -1;
static int standard_error = -1;

void ct_aside_begin(void) {
    memory = memfd_create("aside", MFD_CLOEXEC);
    if (memory < 0) return;
    fcntl(memory, F_SETFL, O_APPEND);
    standard_output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    standard_error = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (standard_output >= 0) dup2(memory, STDOUT_FILENO);
    /* Who sent standard error elsewhere wants it there. */
    if (standard_error >= 0 && isatty(standard_error)) dup2(memory, STDERR_FILENO);
}

void ct_aside_trim(void) {
    struct stat about;
    if (memory >= 0 && fstat(memory, &about) == 0 && about.st_size > TOO_MUCH && ftruncate(memory, 0) != 0) return;
}

void ct_aside_end(void) {
    if (memory < 0) return;
    int kept = memory;
    memory = -1;
    if (standard_output >= 0) {
        dup2(standard_output, STDOUT_FILENO);
        close(standard_output);
    }
    if (standard_error >= 0) {
        dup2(standard_error, STDERR_FILENO);
        close(standard_error);
    }
    standard_output = standard_error = -1;
    off_t end = lseek(kept, 0, SEEK_END);
    if (end > KEPT) lseek(kept, end - KEPT, SEEK_SET);
    else lseek(kept, 0, SEEK_SET);
    char part[1024];
    for (;;) {
        ssize_t count = read(kept, part, sizeof part);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        if (write(STDERR_FILENO, part, (size_t)count) < 0 && errno != EINTR) break;
    }
    close(kept);
}

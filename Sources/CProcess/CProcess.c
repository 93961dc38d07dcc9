#define _GNU_SOURCE
#include "CProcess.h"

#include <malloc.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>

int cprocess_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

int cprocess_own_mounts(void) {
    if (unshare(CLONE_NEWNS) != 0) return -1;
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

int cprocess_mount_memory(const char *directory, unsigned long bytes) {
    char options[64];
    snprintf(options, sizeof options, "size=%lu,mode=0700", bytes);
    return mount("tmpfs", directory, "tmpfs", MS_NODEV | MS_NOSUID, options);
}

int cprocess_unmount(const char *directory) { return umount2(directory, MNT_DETACH); }

int cprocess_hide_memory(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

int cprocess_gain_no_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

void cprocess_share_memory(void) { mallopt(M_ARENA_MAX, 1); }

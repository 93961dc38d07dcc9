#ifndef CPROCESS_H
#define CPROCESS_H

// From now on the orphans of our children are ours to wait for. 0, or -1 with errno.
int cprocess_adopt_orphans(void);

// What we mount from now on is seen by us and our children only, and gone with us. 0, or -1 with errno.
int cprocess_own_mounts(void);

// Puts an empty file system in memory, of so many bytes at most, on a directory. 0, or -1 with errno.
int cprocess_mount_memory(const char *directory, unsigned long bytes);
int cprocess_unmount(const char *directory);

// No core dump, and nobody but root may look into the process. 0, or -1 with errno.
int cprocess_hide_memory(void);

// Whatever this process starts has no more rights than it has. 0, or -1 with errno.
int cprocess_gain_no_privileges(void);

// All threads take memory from one place from now on; those that have one of their own keep it.
void cprocess_share_memory(void);

#endif

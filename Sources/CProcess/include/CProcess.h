#ifndef CPROCESS_H
#define CPROCESS_H

// From now on the orphans of our children are ours to wait for. 0, or -1 with errno.
int cprocess_adopt_orphans(void);

// What we mount from now on is seen by us and our children only, and gone with us. 0, or -1 with errno.
int cprocess_own_mounts(void);

// Puts an empty file system in memory, of so many bytes at most, on a directory. 0, or -1 with errno.
int cprocess_mount_memory(const char *directory, unsigned long bytes);
int cprocess_unmount(const char *directory);

#endif

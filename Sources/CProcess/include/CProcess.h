#ifndef CPROCESS_H
#define CPROCESS_H

// From now on the orphans of our children are ours to wait for. 0, or -1 with errno.
int cprocess_adopt_orphans(void);

#endif

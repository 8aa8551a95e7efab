#ifndef CBYTES_H
#define CBYTES_H
#include <stddef.h>

/* glibc declares memmem only under _GNU_SOURCE, which Swift's Glibc module is built without. */
extern void *memmem(const void *haystack, size_t haystack_length, const void *needle, size_t needle_length);

static inline const void *cbytes_find(const void *haystack, size_t haystack_length, const void *needle,
                                      size_t needle_length) {
  return memmem(haystack, haystack_length, needle, needle_length);
}
#endif

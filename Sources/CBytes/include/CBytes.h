#ifndef CBYTES_H
#define CBYTES_H
#include <stddef.h>
#include <stdint.h>

/* The first place of `needle` in `haystack`, NULL if there is none. For lines, where memmem's preparation costs more than
   its search; at most needle_length comparisons a byte. */
const void *cbytes_find(const void *haystack, size_t haystack_length, const void *needle, size_t needle_length);

/* Several short texts to be found in one pass. Every text is known by three of its bytes, its mark. */
enum { CBYTES_TEXTS = 32, CBYTES_MARK = 3, CBYTES_BUCKETS = 8 };
typedef struct {
  /* For each byte of a mark, by low and by high nibble: one bit a bucket of texts that fit. */
  uint8_t low[CBYTES_MARK][16], high[CBYTES_MARK][16];
  /* The same by whole byte. */
  uint8_t whole[CBYTES_MARK][256];
  struct {
    const uint8_t *bytes;
    size_t length, mark;
  } text[CBYTES_TEXTS];
  size_t count;
  /* The texts of each bucket, how many they are, and how many marks would fit it. */
  uint8_t in[CBYTES_BUCKETS][CBYTES_TEXTS], held[CBYTES_BUCKETS];
  size_t fitting[CBYTES_BUCKETS];
} cbytes_texts;

/* Adds a text that stays where it is. Its mark begins at `mark` and lies inside it. False: no room, or no such mark. */
int cbytes_texts_add(cbytes_texts *texts, const void *bytes, size_t length, size_t mark);

/* Looks for the next text whose mark begins at `*from` or after, within `length` bytes. Gives its number and sets `*at` to
   where it begins and `*from` to where to go on; -1: there is none. */
int cbytes_texts_find(const cbytes_texts *texts, const void *haystack, size_t length, size_t *from, size_t *at);
#endif

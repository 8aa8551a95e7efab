#ifndef CBYTES_H
#define CBYTES_H
#include <stddef.h>
#include <stdint.h>

/* What is used for each line of a text is here, to become part of its caller. */
typedef uint8_t cbytes_block __attribute__((vector_size(16)));

/* One bit for each byte of `hits`, all of which are 0 or 0xff. */
static inline uint64_t cbytes_bits(cbytes_block hits) {
#if defined(__SSE2__)
  typedef char bytes __attribute__((vector_size(16)));
  return (uint64_t)(unsigned)__builtin_ia32_pmovmskb128((bytes)hits);
#else
  /* Bit i of byte i stays; the product's highest byte has them all. */
  uint64_t halves[2], bits = 0;
  __builtin_memcpy(halves, &hits, sizeof halves);
  for (int i = 0; i < 2; i++) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    halves[i] = __builtin_bswap64(halves[i]);
#endif
    bits |= ((halves[i] & 0x8040201008040201u) * 0x0101010101010101u >> 56) << 8 * i;
  }
  return bits;
#endif
}

/* One bit for each of the 64 bytes at `place` that is `byte`. */
static inline uint64_t cbytes_places(const void *place, uint8_t byte) {
  uint64_t places = 0;
  for (int i = 0; i < 4; i++) {
    cbytes_block bytes;
    __builtin_memcpy(&bytes, (const uint8_t *)place + 16 * i, sizeof bytes);
    places |= cbytes_bits((cbytes_block)(bytes == byte)) << 16 * i;
  }
  return places;
}

/* How many of the 16 bytes at `place` are letters, digits, `_` or `$`, up to the first that is none. */
static inline size_t cbytes_word(const void *place) {
  cbytes_block bytes;
  __builtin_memcpy(&bytes, place, sizeof bytes);
  const cbytes_block letters = (bytes | 32) - 'a', digits = bytes - '0';
  const cbytes_block own = (cbytes_block)((letters < 26) | (digits < 10) | (bytes == '_') | (bytes == '$'));
  return (size_t)__builtin_ctzll(cbytes_bits(~own) | 1 << sizeof own);
}

/* How many bytes stand before the first that is one of `set`; `length` if none is. */
size_t cbytes_before(const void *bytes, size_t length, const void *set, size_t set_length);

/* The first place of `needle` in `haystack`, NULL if there is none. For lines, where memmem's preparation costs more than
   its search; at most needle_length comparisons a byte. */
const void *cbytes_find(const void *haystack, size_t haystack_length, const void *needle, size_t needle_length);

/* Several short texts to be found in one pass. Every text is known by four of its bytes, its mark. */
enum { CBYTES_TEXTS = 48, CBYTES_MARK = 4, CBYTES_BUCKETS = 8 };
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

#include "CBytes.h"
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__AARCH64EL__)
#include <arm_neon.h>
#endif

static inline cbytes_block load(const uint8_t *place) {
  cbytes_block bytes;
  memcpy(&bytes, place, sizeof bytes);
  return bytes;
}

/* 16 places at a time: those that have the needle's first byte, and its last one where that would be. */
const void *cbytes_find(const void *haystack, size_t haystack_length, const void *needle, size_t needle_length) {
  const uint8_t *bytes = haystack, *text = needle;
  if (needle_length == 0) return haystack;
  if (haystack_length < needle_length) return NULL;
  const size_t places = haystack_length - needle_length + 1, tail = needle_length - 1;
  const uint8_t first = text[0], last = text[tail];
  size_t place = 0;
  while (place + sizeof(cbytes_block) <= places) {
    const cbytes_block hits = (cbytes_block)((load(bytes + place) == first) & (load(bytes + place + tail) == last));
    uint64_t halves[2];
    memcpy(halves, &hits, sizeof halves);
    if (halves[0] | halves[1])
      for (size_t each = place; each < place + sizeof(cbytes_block); each++)
        if (bytes[each] == first && bytes[each + tail] == last && !memcmp(bytes + each, text, needle_length))
          return bytes + each;
    place += sizeof(cbytes_block);
    /* The last block goes back over some places that have been looked at. */
    if (place < places && place + sizeof(cbytes_block) > places) place = places - sizeof(cbytes_block);
  }
  for (; place < places; place++)
    if (bytes[place] == first && bytes[place + tail] == last && !memcmp(bytes + place, text, needle_length))
      return bytes + place;
  return NULL;
}

size_t cbytes_before(const void *haystack, size_t length, const void *set, size_t set_length) {
  const uint8_t *bytes = haystack, *each = set;
  size_t place = 0;
  for (; place + sizeof(cbytes_block) <= length; place += sizeof(cbytes_block)) {
    const cbytes_block block = load(bytes + place);
    cbytes_block hits = {0};
    for (size_t i = 0; i < set_length; i++) hits |= (cbytes_block)(block == each[i]);
    const uint64_t bits = cbytes_bits(hits);
    if (bits) return place + (size_t)__builtin_ctzll(bits);
  }
  for (; place < length; place++)
    if (memchr(set, bytes[place], set_length)) return place;
  return length;
}

/* How many marks fit a bucket if `four` joins it: the fewer, the rarer are candidates that are none. */
static size_t fits(const cbytes_texts *texts, int bucket, const uint8_t *four) {
  size_t product = 1;
  for (int i = 0; i < CBYTES_MARK; i++) {
    size_t low = 0, high = 0;
    for (int nibble = 0; nibble < 16; nibble++) {
      low += (texts->low[i][nibble] >> bucket & 1) | (nibble == (four[i] & 15));
      high += (texts->high[i][nibble] >> bucket & 1) | (nibble == four[i] >> 4);
    }
    product *= low * high;
  }
  return product;
}

int cbytes_texts_add(cbytes_texts *texts, const void *bytes, size_t length, size_t mark) {
  if (texts->count == CBYTES_TEXTS || mark > length || length - mark < CBYTES_MARK) return 0;
  const uint8_t *four = (const uint8_t *)bytes + mark;
  int bucket = 0;
  size_t least = SIZE_MAX;
  for (int each = 0; each < CBYTES_BUCKETS; each++) {
    const size_t now = texts->held[each] ? texts->fitting[each] : 0;
    const size_t growth = fits(texts, each, four) - now;
    if (growth >= least) continue;
    least = growth;
    bucket = each;
  }
  texts->fitting[bucket] = fits(texts, bucket, four);
  for (int i = 0; i < CBYTES_MARK; i++) {
    texts->low[i][four[i] & 15] |= (uint8_t)(1u << bucket);
    texts->high[i][four[i] >> 4] |= (uint8_t)(1u << bucket);
    texts->whole[i][four[i]] |= (uint8_t)(1u << bucket);
  }
  texts->in[bucket][texts->held[bucket]++] = (uint8_t)texts->count;
  texts->text[texts->count].bytes = bytes;
  texts->text[texts->count].length = length;
  texts->text[texts->count].mark = mark;
  texts->count++;
  return 1;
}

/* The buckets with a text whose mark may be the four bytes at `place`. */
static inline uint8_t fitting(const cbytes_texts *texts, const uint8_t *place) {
  return texts->whole[0][place[0]] & texts->whole[1][place[1]] & texts->whole[2][place[2]] & texts->whole[3][place[3]];
}

/* The text of one of the buckets whose mark is at `place`, if it is there as a whole; else -1. */
static int check(const cbytes_texts *texts, const uint8_t *bytes, size_t length, size_t place, uint8_t buckets,
                 size_t *at) {
  for (; buckets; buckets &= buckets - 1) {
    int bucket = __builtin_ctz(buckets);
    for (size_t each = 0; each < texts->held[bucket]; each++) {
      size_t number = texts->in[bucket][each];
      size_t mark = texts->text[number].mark, size = texts->text[number].length;
      /* A bucket's texts share their bits: most candidates are none. */
      if (memcmp(bytes + place, texts->text[number].bytes + mark, CBYTES_MARK)) continue;
      if (place < mark || length - (place - mark) < size) continue;
      if (memcmp(bytes + place - mark, texts->text[number].bytes, size)) continue;
      *at = place - mark;
      return (int)number;
    }
  }
  return -1;
}

/* The text at `place`, which may be one of those in `buckets`; else -1. Nibbles fit more than bytes do: most candidates
   end here. */
static inline int candidate(const cbytes_texts *texts, const uint8_t *bytes, size_t length, size_t place,
                            uint8_t buckets, size_t *from, size_t *at) {
  buckets &= fitting(texts, bytes + place);
  if (!buckets) return -1;
  int number = check(texts, bytes, length, place, buckets, at);
  if (number >= 0) *from = place + 1;
  return number;
}

static int find_bytewise(const cbytes_texts *texts, const uint8_t *bytes, size_t length, size_t *from, size_t *at) {
  size_t place = *from;
  for (; length >= CBYTES_MARK && place <= length - CBYTES_MARK; place++) {
    int number = candidate(texts, bytes, length, place, 0xff, from, at);
    if (number >= 0) return number;
  }
  *from = length;
  return -1;
}

#if defined(__x86_64__)
/* 32 places at a time: a shuffle looks up 32 nibbles at once (the "Teddy" of Hyperscan and of Rust's aho-corasick). */
__attribute__((target("avx2"))) static int find_avx2(const cbytes_texts *texts, const uint8_t *bytes, size_t length,
                                                     size_t *from, size_t *at) {
  __m256i low[CBYTES_MARK], high[CBYTES_MARK];
  for (int i = 0; i < CBYTES_MARK; i++) {
    low[i] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)texts->low[i]));
    high[i] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)texts->high[i]));
  }
  const __m256i nibble = _mm256_set1_epi8(15);
  size_t place = *from;
  for (; length >= 32 + CBYTES_MARK && place <= length - 32 - CBYTES_MARK; place += 32) {
    __m256i fits = _mm256_set1_epi8(-1);
    for (int i = 0; i < CBYTES_MARK; i++) {
      __m256i block = _mm256_loadu_si256((const __m256i *)(bytes + place + i));
      __m256i by_low = _mm256_shuffle_epi8(low[i], _mm256_and_si256(block, nibble));
      __m256i by_high = _mm256_shuffle_epi8(high[i], _mm256_and_si256(_mm256_srli_epi16(block, 4), nibble));
      fits = _mm256_and_si256(fits, _mm256_and_si256(by_low, by_high));
    }
    uint32_t hits = ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(fits, _mm256_setzero_si256()));
    if (!hits) continue;
    uint8_t buckets[32];
    _mm256_storeu_si256((__m256i *)buckets, fits);
    for (; hits; hits &= hits - 1) {
      int bit = __builtin_ctz(hits);
      int number = candidate(texts, bytes, length, place + bit, buckets[bit], from, at);
      if (number >= 0) return number;
    }
  }
  *from = place;
  return find_bytewise(texts, bytes, length, from, at);
}
#elif defined(__AARCH64EL__)
/* The same, 16 places at a time; every arm64 has it. */
static int find_neon(const cbytes_texts *texts, const uint8_t *bytes, size_t length, size_t *from, size_t *at) {
  uint8x16_t low[CBYTES_MARK], high[CBYTES_MARK];
  for (int i = 0; i < CBYTES_MARK; i++) {
    low[i] = vld1q_u8(texts->low[i]);
    high[i] = vld1q_u8(texts->high[i]);
  }
  const uint8x16_t nibble = vdupq_n_u8(15);
  size_t place = *from;
  for (; length >= 16 + CBYTES_MARK && place <= length - 16 - CBYTES_MARK; place += 16) {
    uint8x16_t fits = vdupq_n_u8(0xff);
    for (int i = 0; i < CBYTES_MARK; i++) {
      uint8x16_t block = vld1q_u8(bytes + place + i);
      uint8x16_t by_low = vqtbl1q_u8(low[i], vandq_u8(block, nibble));
      uint8x16_t by_high = vqtbl1q_u8(high[i], vshrq_n_u8(block, 4));
      fits = vandq_u8(fits, vandq_u8(by_low, by_high));
    }
    /* There is no movemask: narrowed, each place has four bits. */
    uint8x8_t narrow = vshrn_n_u16(vreinterpretq_u16_u8(vtstq_u8(fits, fits)), 4);
    uint64_t hits = vget_lane_u64(vreinterpret_u64_u8(narrow), 0) & 0x1111111111111111;
    if (!hits) continue;
    uint8_t buckets[16];
    vst1q_u8(buckets, fits);
    for (; hits; hits &= hits - 1) {
      int byte = __builtin_ctzll(hits) / 4;
      int number = candidate(texts, bytes, length, place + byte, buckets[byte], from, at);
      if (number >= 0) return number;
    }
  }
  *from = place;
  return find_bytewise(texts, bytes, length, from, at);
}
#endif

int cbytes_texts_find(const cbytes_texts *texts, const void *haystack, size_t length, size_t *from, size_t *at) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return find_avx2(texts, haystack, length, from, at);
#elif defined(__AARCH64EL__)
  return find_neon(texts, haystack, length, from, at);
#endif
  return find_bytewise(texts, haystack, length, from, at);
}

/* make test-arm64: the searches find what a plain loop finds. TextSetTests and SpanTests do the same on the
   machine that the tests run on; this needs no Swift, so that an emulator can run it. */
#include "CBytes.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const struct {
  const char *text;
  size_t mark;
} wanted[] = {{"needle", 1}, {"pin ", 0}, {"WARNING: ", 5}, {"edle", 0}, {"axes", 0}, {"bees", 0},
              {"cows", 0},    {"dogs", 0},  {"elks", 0},       {"flys", 0}, {"\xff\x80\x7f\x01", 0}};
enum { WANTED = sizeof wanted / sizeof *wanted, LONGEST = 300 };

/* Bytes of `number`'s kind at `place` in `bytes`? */
static int stands(const unsigned char *bytes, size_t length, size_t place, size_t number) {
  size_t size = strlen(wanted[number].text);
  return place + size <= length && !memcmp(bytes + place, wanted[number].text, size);
}

int main(void) {
  cbytes_texts texts;
  memset(&texts, 0, sizeof texts);
  for (size_t n = 0; n < WANTED; n++)
    if (!cbytes_texts_add(&texts, wanted[n].text, strlen(wanted[n].text), wanted[n].mark)) return 2;
  unsigned long long dice = 88172645463325252ull;
  size_t found = 0;
  for (int turn = 0; turn < 200000; turn++) {
    unsigned char bytes[LONGEST];
    dice ^= dice << 13, dice ^= dice >> 7, dice ^= dice << 17;
    size_t length = dice % LONGEST, from = 0, at;
    /* Letters that the texts are made of, so that nearly every place is nearly one; here and there a whole text. */
    for (size_t i = 0; i < length; i++) {
      dice ^= dice << 13, dice ^= dice >> 7, dice ^= dice << 17;
      const char *text = wanted[dice % WANTED].text;
      size_t size = strlen(text);
      if (dice % 7 == 0 && i + size <= length) memcpy(bytes + i, text, size), i += size - 1;
      else bytes[i] = (unsigned char)text[dice / 64 % size];
    }
    for (size_t n = 0; n < WANTED; n++) {
      size_t first = 0;
      while (first < length && !stands(bytes, length, first, n)) first++;
      const void *there = first < length ? bytes + first : NULL;
      if (cbytes_find(bytes, length, wanted[n].text, strlen(wanted[n].text)) != there)
        return printf("turn %d: text %zu alone, not at %zu\n", turn, n, first), 1;
    }
    for (size_t i = 0; i + 64 <= length; i++) {
      uint64_t places = cbytes_places(bytes + i, bytes[i]);
      for (size_t bit = 0; bit < 64; bit++)
        if ((places >> bit & 1) != (bytes[i + bit] == bytes[i])) return printf("turn %d: byte at %zu + %zu\n", turn, i, bit), 1;
    }
    for (size_t i = 0; i + 16 <= length; i++) {
      /* Every byte there is, amid those of a word. */
      unsigned char word[16];
      memcpy(word, bytes + i, sizeof word);
      word[dice % 16] = (unsigned char)(turn + i);
      size_t end = 0;
      while (end < 16 && (isalnum(word[end]) || word[end] == '_' || word[end] == '$')) end++;
      if (cbytes_word(word) != end) return printf("turn %d: a word ends at %zu\n", turn, end), 1;
    }
    char seen[WANTED][LONGEST] = {{0}};
    for (int number; (number = cbytes_texts_find(&texts, bytes, length, &from, &at)) >= 0; found++) {
      if (!stands(bytes, length, at, (size_t)number) || seen[number][at]++) return printf("turn %d: no text %d at %zu\n", turn, number, at), 1;
    }
    for (size_t n = 0; n < WANTED; n++)
      for (size_t place = 0; place < length; place++)
        if (stands(bytes, length, place, n) != (seen[n][place] != 0))
          return printf("turn %d: text %zu at %zu was missed\n", turn, n, place), 1;
  }
  printf("%zu texts found, none missed\n", found);
  return found < 100000;
}

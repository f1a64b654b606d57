/*
 * Verifies signatures in a loop: as fast as libsecp256k1 can be asked, without any JavaScript.
 *
 *   plain-verify FILE ROUNDS      prints checks per second, once a round
 *
 * FILE holds digest (32 bytes), signature (64, compact) and public key (33) of each check, one after the other.
 * Compiled by plain-verify.ts, with `VENDORED` for the sources that the npm package brings, else against -lsecp256k1.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#ifdef VENDORED
#include "src/secp256k1.c"
#else
#include <secp256k1.h>
#endif

enum { CHECK_BYTES = 32 + 64 + 33, MOST_CHECKS = 100000 };

int main(int count, char **words) {
  if (count != 3) return 2;
  FILE *file = fopen(words[1], "rb");
  unsigned char *checks = malloc((size_t)CHECK_BYTES * MOST_CHECKS);
  if (file == NULL || checks == NULL) return 1;
  const size_t size = fread(checks, CHECK_BYTES, MOST_CHECKS, file);
  secp256k1_context *context = secp256k1_context_create(SECP256K1_CONTEXT_VERIFY);
  for (int round = atoi(words[2]); round > 0; round--) {
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (size_t at = 0; at < size; at++) {
      const unsigned char *check = checks + at * CHECK_BYTES;
      secp256k1_ecdsa_signature signature;
      secp256k1_pubkey key;
      if (!secp256k1_ecdsa_signature_parse_compact(context, &signature, check + 32)) return 1;
      if (!secp256k1_ec_pubkey_parse(context, &key, check + 96, 33)) return 1;
      if (!secp256k1_ecdsa_verify(context, &signature, check, &key)) return 1;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%.0f\n", size / ((end.tv_sec - start.tv_sec) + (end.tv_nsec - start.tv_nsec) / 1e9));
  }
  return 0;
}

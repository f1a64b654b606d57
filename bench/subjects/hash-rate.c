/*
 * What C makes of the same work, as a limit for the kernels in WebAssembly: double SHA-256 of a 108-byte header with the
 * midstate, the rounds and the parts of the schedule that do not see the nonce computed once, the chained sigmas, and the early
 * reject on the first word. Compiled by the benchmark (hash-rate.ts), which has it find the same nonce as everybody else first.
 *
 *   -DLANES=4   four nonces at a time in vectors of 128 bits (GCC's vector extension: SSE, AVX or NEON); 1: plain words
 *   -DPASSES=4  rounds in four passes over 64 slots; 2: a pass for each hash; see assembly/mining-rounds.ts
 *
 *   hash-rate HEADER LIMIT first COUNT   the first nonce whose hash begins with a word of at most LIMIT, or COUNT
 *   hash-rate HEADER LIMIT rate MS       hashes a second of processor time, in millions, over some MS milliseconds
 */
#define _POSIX_C_SOURCE 199309L
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef uint32_t u32;
#if LANES == 4
typedef u32 word __attribute__((vector_size(16)));
#define EVERYWHERE(x) ((word){(x), (x), (x), (x)})
/* As many shifts as three rotations, but fewer values that wait in registers. */
#define BIG0(x) (((((((x) >> 9) ^ (x)) >> 11) ^ (x)) >> 2) ^ ((((((x) << 11) ^ (x)) << 9) ^ (x)) << 10))
#define BIG1(x) (((((((x) >> 14) ^ (x)) >> 5) ^ (x)) >> 6) ^ ((((((x) << 5) ^ (x)) << 14) ^ (x)) << 7))
#define SMALL0(x) (((((((x) >> 11) ^ (x)) >> 4) ^ (x)) >> 3) ^ ((((x) << 11) ^ (x)) << 14))
#define SMALL1(x) (((((((x) >> 2) ^ (x)) >> 7) ^ (x)) >> 10) ^ ((((x) << 2) ^ (x)) << 13))
#else
typedef u32 word;
#define EVERYWHERE(x) ((word)(x))
#define BIG0(x) (ROTR(x, 2) ^ ROTR(x, 13) ^ ROTR(x, 22))
#define BIG1(x) (ROTR(x, 6) ^ ROTR(x, 11) ^ ROTR(x, 25))
#define SMALL0(x) (ROTR(x, 7) ^ ROTR(x, 18) ^ ((x) >> 3))
#define SMALL1(x) (ROTR(x, 17) ^ ROTR(x, 19) ^ ((x) >> 10))
#endif
#define ROTR(x, n) ((x) >> (n) | (x) << (32 - (n)))

#define SLOTS 64
#define INLINE static inline __attribute__((always_inline))
#define PASS static __attribute__((noinline))

static const u32 K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};
static const u32 INITIAL[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                               0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

/* ---- One word at a time: what all nonces have in common --------------------------------------------------------------- */

static u32 small0(u32 x) { return ROTR(x, 7) ^ ROTR(x, 18) ^ x >> 3; }
static u32 small1(u32 x) { return ROTR(x, 17) ^ ROTR(x, 19) ^ x >> 10; }

static void round_of(u32 s[8], u32 kw) {
    u32 t1 = s[7] + (ROTR(s[4], 6) ^ ROTR(s[4], 11) ^ ROTR(s[4], 25)) + (s[6] ^ (s[4] & (s[5] ^ s[6]))) + kw;
    u32 t2 = (ROTR(s[0], 2) ^ ROTR(s[0], 13) ^ ROTR(s[0], 22)) + ((s[0] & s[1]) | (s[2] & (s[0] | s[1])));
    memmove(s + 1, s, 7 * sizeof *s);
    s[4] += t1;
    s[0] = t1 + t2;
}

/* Constants with fixed words added, fixed parts of words 16 to 31, and the state after the first round that sees the nonce. */
struct table {
    word k[32], part[32], start[8];
};
static struct table first, second;
static word last[64], midstate[8];

static void fill(struct table *table, u32 w[32], u32 changing, const u32 start[8]) {
    for (int t = 0; t < 32; t++) {
        if (t >= 16) {
            u32 fixed = w[t - 16] + small0(w[t - 15]) + w[t - 7] + small1(w[t - 2]);
            u32 changes = (changing >> (t - 16) | changing >> (t - 15) | changing >> (t - 7) | changing >> (t - 2)) & 1;
            changing |= changes << t;
            table->part[t] = EVERYWHERE(fixed);
            w[t] = changes ? 0 : fixed;
        }
        table->k[t] = EVERYWHERE(K[t] + w[t]);
    }
    for (int i = 0; i < 8; i++) table->start[i] = EVERYWHERE(start[i]);
}

static void prepare(const uint8_t header[108]) {
    u32 w[64] = {0}, s[8], m[8];
    for (int t = 0; t < 64; t++) last[t] = EVERYWHERE(K[t]);

    memcpy(s, INITIAL, sizeof s);
    round_of(s, K[0]);
    w[8] = 0x80000000;
    w[15] = 32 * 8;
    fill(&second, w, 0xff, s);

    u32 chunk[27];
    for (int i = 0; i < 27; i++)
        chunk[i] = (u32)header[4 * i] << 24 | (u32)header[4 * i + 1] << 16 | (u32)header[4 * i + 2] << 8 | header[4 * i + 3];
    memcpy(w, chunk, 64);
    for (int t = 16; t < 64; t++) w[t] = w[t - 16] + small0(w[t - 15]) + w[t - 7] + small1(w[t - 2]);
    memcpy(m, INITIAL, sizeof m);
    for (int t = 0; t < 64; t++) round_of(m, K[t] + w[t]);
    for (int i = 0; i < 8; i++) {
        m[i] += INITIAL[i];
        midstate[i] = EVERYWHERE(m[i]);
    }

    memset(w, 0, sizeof w);
    memcpy(w, chunk + 16, 10 * 4);
    w[11] = 0x80000000;
    w[15] = 108 * 8;
    for (int t = 0; t <= 10; t++) round_of(m, K[t] + w[t]);
    fill(&first, w, 1 << 10, m);
}

/* ---- The rounds ------------------------------------------------------------------------------------------------------- */

#define ROUND(a, b, c, d, e, f, g, h, kw)                                                                               \
    do {                                                                                                                \
        h += (kw);                                                                                                      \
        h += g ^ (e & (f ^ g));                                                                                         \
        h += BIG1(e);                                                                                                   \
        d += h;                                                                                                         \
        word ab = a ^ b;                                                                                                \
        h += (b ^ (ab & bc)) + BIG0(a);                                                                                 \
        bc = ab;                                                                                                        \
    } while (0)
#define ROUND_AT(t, kw)                                                                                                 \
    ROUND(s[(64 - (t)) & 7], s[(65 - (t)) & 7], s[(66 - (t)) & 7], s[(67 - (t)) & 7], s[(68 - (t)) & 7],                \
          s[(69 - (t)) & 7], s[(70 - (t)) & 7], s[(71 - (t)) & 7], kw)
#define EIGHT(ROUND_T, t)                                                                                               \
    ROUND_T(t); ROUND_T(t + 1); ROUND_T(t + 2); ROUND_T(t + 3); ROUND_T(t + 4); ROUND_T(t + 5); ROUND_T(t + 6); ROUND_T(t + 7)

#define FIXED(t, table) ROUND_AT(t, table.k[t])
#define GIVEN(t) ROUND_AT(t, w[t] + second.k[t])
#define PADDED(t) ROUND_AT(t, second.k[t])
#define MADE(t, table, value)                                                                                           \
    w[(t) & 15] = (value);                                                                                              \
    ROUND_AT(t, w[(t) & 15] + table.k[t])
#define NEXT(t)                                                                                                         \
    w[(t) & 15] += SMALL0(w[((t) + 1) & 15]) + w[((t) + 9) & 15] + SMALL1(w[((t) + 14) & 15]);                          \
    ROUND_AT(t, w[(t) & 15] + last[t])

/* s[i] is the word that a round of the number 0 would call a + i; names change places from round to round. */
INLINE void begin_first(word s[8], word w[16], u32 nonce) {
#if LANES == 4
    word n = nonce + (word){0, 1, 2, 3};
    n = n << 24 | (n & 0xff00) << 8 | (n >> 8 & 0xff00) | n >> 24;
#else
    word n = __builtin_bswap32(nonce);
#endif
    /* Behind round 10, so that round 11 finds its words at the places that it looks at. */
    for (int i = 0; i < 8; i++) s[(i + 64 - 11) & 7] = first.start[i];
    s[(0 + 64 - 11) & 7] += n;
    s[(4 + 64 - 11) & 7] += n;
    word bc = s[(1 + 64 - 11) & 7] ^ s[(2 + 64 - 11) & 7];
    w[10] = n;
    w[0] = first.part[16];
    w[2] = first.part[18];
    w[4] = first.part[20];
    w[6] = first.part[22];
    FIXED(11, first); FIXED(12, first); FIXED(13, first); FIXED(14, first); FIXED(15, first); FIXED(16, first);
    MADE(17, first, w[10] + first.part[17]);
    FIXED(18, first);
    MADE(19, first, SMALL1(w[1]) + first.part[19]);
    FIXED(20, first);
    MADE(21, first, SMALL1(w[3]) + first.part[21]);
    FIXED(22, first);
    MADE(23, first, SMALL1(w[5]) + first.part[23]);
    MADE(24, first, w[1] + first.part[24]);
    MADE(25, first, SMALL0(w[10]) + SMALL1(w[7]) + first.part[25]);
    MADE(26, first, w[10] + w[3] + SMALL1(w[8]) + first.part[26]);
    MADE(27, first, SMALL1(w[9]) + first.part[27]);
    MADE(28, first, w[5] + SMALL1(w[10]));
    MADE(29, first, SMALL1(w[11]) + first.part[29]);
    MADE(30, first, w[7] + SMALL1(w[12]) + first.part[30]);
    MADE(31, first, w[8] + SMALL1(w[13]) + first.part[31]);
}

INLINE void begin_second(word s[8], word w[16]) {
    for (int i = 0; i < 8; i++) w[i] = s[i] + midstate[i];
    for (int i = 0; i < 8; i++) s[(i + 64 - 1) & 7] = second.start[i];
    s[(0 + 64 - 1) & 7] += w[0];
    s[(4 + 64 - 1) & 7] += w[0];
    word bc = s[(1 + 64 - 1) & 7] ^ s[(2 + 64 - 1) & 7];
    GIVEN(1); GIVEN(2); GIVEN(3); GIVEN(4); GIVEN(5); GIVEN(6); GIVEN(7);
    EIGHT(PADDED, 8);
    MADE(16, second, w[0] + SMALL0(w[1]));
    MADE(17, second, w[1] + SMALL0(w[2]) + second.part[17]);
    MADE(18, second, w[2] + SMALL0(w[3]) + SMALL1(w[0]));
    MADE(19, second, w[3] + SMALL0(w[4]) + SMALL1(w[1]));
    MADE(20, second, w[4] + SMALL0(w[5]) + SMALL1(w[2]));
    MADE(21, second, w[5] + SMALL0(w[6]) + SMALL1(w[3]));
    MADE(22, second, w[6] + SMALL0(w[7]) + SMALL1(w[4]) + second.part[22]);
    MADE(23, second, w[7] + w[0] + SMALL1(w[5]) + second.part[23]);
    MADE(24, second, w[1] + SMALL1(w[6]) + second.part[24]);
    MADE(25, second, w[2] + SMALL1(w[7]));
    MADE(26, second, w[3] + SMALL1(w[8]));
    MADE(27, second, w[4] + SMALL1(w[9]));
    MADE(28, second, w[5] + SMALL1(w[10]));
    MADE(29, second, w[6] + SMALL1(w[11]));
    MADE(30, second, w[7] + SMALL1(w[12]) + second.part[30]);
    MADE(31, second, w[8] + SMALL0(w[0]) + SMALL1(w[13]) + second.part[31]);
}

INLINE void finish(word s[8], word w[16]) {
    word bc = s[1] ^ s[2];
    EIGHT(NEXT, 32);
    EIGHT(NEXT, 40);
    EIGHT(NEXT, 48);
    EIGHT(NEXT, 56);
}

/* ---- Passes ----------------------------------------------------------------------------------------------------------- */

struct slot {
    word s[8], w[16];
};
static struct slot batch[SLOTS];

#define TAKE                                                                                                            \
    word s[8], w[16];                                                                                                   \
    memcpy(s, batch[i].s, sizeof s);                                                                                    \
    memcpy(w, batch[i].w, sizeof w)
#define PUT_STATE memcpy(batch[i].s, s, sizeof s)
#define PUT_ALL PUT_STATE; memcpy(batch[i].w, w, sizeof w)

#if PASSES == 4
PASS void pass_begin_first(u32 nonce, int slots) {
    for (int i = 0; i < slots; i++) {
        word s[8], w[16];
        begin_first(s, w, nonce + i * LANES);
        PUT_ALL;
    }
}
PASS void pass_begin_second(int slots) {
    for (int i = 0; i < slots; i++) {
        TAKE;
        begin_second(s, w);
        PUT_ALL;
    }
}
PASS void pass_finish(int slots) {
    for (int i = 0; i < slots; i++) {
        TAKE;
        finish(s, w);
        PUT_STATE;
    }
}
static void hash_batch(u32 nonce, int slots) {
    pass_begin_first(nonce, slots);
    pass_finish(slots);
    pass_begin_second(slots);
    pass_finish(slots);
}
#else
PASS void pass_first(u32 nonce, int slots) {
    for (int i = 0; i < slots; i++) {
        word s[8], w[16];
        begin_first(s, w, nonce + i * LANES);
        finish(s, w);
        PUT_STATE;
    }
}
PASS void pass_second(int slots) {
    for (int i = 0; i < slots; i++) {
        word s[8], w[16];
        memcpy(s, batch[i].s, sizeof s);
        begin_second(s, w);
        finish(s, w);
        PUT_STATE;
    }
}
static void hash_batch(u32 nonce, int slots) {
    pass_first(nonce, slots);
    pass_second(slots);
}
#endif

static u32 scan(u32 nonce, u32 count, u32 limit) {
    for (u32 done = 0; done < count; done += SLOTS * LANES) {
        u32 slots = (count - done + LANES - 1) / LANES;
        if (slots > SLOTS) slots = SLOTS;
        hash_batch(nonce + done, (int)slots);
        for (u32 i = 0; i < slots; i++) {
            word hash = batch[i].s[0] + EVERYWHERE(INITIAL[0]);
            u32 lanes[LANES];
            memcpy(lanes, &hash, sizeof lanes);
            for (u32 lane = 0; lane < LANES; lane++) {
                u32 at = done + i * LANES + lane;
                if (lanes[lane] <= limit) return at < count ? at : count;
            }
        }
    }
    return count;
}

static double ms_of(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
    uint8_t header[108];
    if (argc != 5 || strlen(argv[1]) != 216) return 2;
    for (int i = 0; i < 108; i++) {
        unsigned byte;
        if (sscanf(argv[1] + 2 * i, "%2x", &byte) != 1) return 2;
        header[i] = (uint8_t)byte;
    }
    u32 limit = (u32)strtoul(argv[2], NULL, 10);
    u32 number = (u32)strtoul(argv[4], NULL, 10);
    prepare(header);
    if (strcmp(argv[3], "first") == 0) {
        printf("%u\n", scan(0, number, limit));
        return 0;
    }
    u32 done = 0;
    double until = ms_of(CLOCK_MONOTONIC) + number, start = ms_of(CLOCK_PROCESS_CPUTIME_ID);
    while (ms_of(CLOCK_MONOTONIC) < until) done += scan(done, 4096, limit);
    printf("%.4f\n", done / (ms_of(CLOCK_PROCESS_CPUTIME_ID) - start) / 1e3);
    return 0;
}

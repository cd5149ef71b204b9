/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/sample.h"

#include <assert.h>
#include <stdbool.h>

#include "sim/base/hot-assert.h"

enum { LN_FRACTION_BITS = 40, LN_INDEX_BITS = 8 };

/* Times of a scenario are below 2^42; 64 times this still fits easily. */
#define MEAN_NS_MAX (UINT64_C(1) << 48)

/*
 * ln(1 + i / 256) * 2^40, rounded. Derived with integers, so that it can be derived again and must
 * come out the same (test-sample.c does): the next entry is more by
 * ln((257 + i) / (256 + i)) = 2 * atanh(1 / d), d = 2 * (256 + i) + 1,
 * and atanh(1 / d) = 1 / d + 1 / (3 * d^3) + 1 / (5 * d^5) + ..., summed in units of 2^-60.
 */
/* clang-format off */
static const uint64_t ln_table[(1 << LN_INDEX_BITS) + 1] = {
	0x0000000000, 0x00ff805516, 0x01fe02a6b1, 0x02fb88ebf0, 0x03f8151620, 0x04f3a910d2, 0x05ee46c1f5,
	0x06e7f009ec, 0x07e0a6c39e, 0x08d86cc492, 0x09cf43dcff, 0x0ac52dd7e4, 0x0bba2c7b19, 0x0cae418764,
	0x0da16eb88d, 0x0e93b5c56e, 0x0f85186009, 0x1075983599, 0x116536eea3, 0x1253f62f0a, 0x1341d7961c,
	0x142edcbea6, 0x151b073f06, 0x160658a937, 0x16f0d28ae5, 0x17da766d7b, 0x18c345d632, 0x19ab424620,
	0x1a926d3a4b, 0x1b78c82bb1, 0x1c5e548f5c, 0x1d4313d66d, 0x1e27076e2b, 0x1f0a30c011, 0x1fec9131dc,
	0x20ce2a2595, 0x21aefcf9a1, 0x228f0b08cf, 0x236e55aa5f, 0x244cde3215, 0x252aa5f040, 0x2607ae31c9,
	0x26e3f8403d, 0x27bf8561da, 0x289a56d997, 0x29746de735, 0x2a4dcbc743, 0x2b2671b330, 0x2bfe60e14f,
	0x2cd59a84e5, 0x2dac1fce34, 0x2e81f1ea80, 0x2f57120422, 0x302b814287, 0x30ff40ca42, 0x31d251bd11,
	0x32a4b539e9, 0x33766c5cfc, 0x3447783fc5, 0x3517d9f910, 0x35e7929d01, 0x36b6a33d1f, 0x37850ce85b,
	0x3852d0ab18, 0x391fef8f35, 0x39ec6a9c14, 0x3ab842d69f, 0x3b83794158, 0x3c4e0edc56, 0x3d1804a555,
	0x3de15b97b9, 0x3eaa14ac97, 0x3f7230dabc, 0x4039b116b5, 0x41009652d3, 0x41c6e17f35, 0x428c9389ce,
	0x4351ad5e6b, 0x44162fe6b9, 0x44da1c0a4f, 0x459d72aeaf, 0x466034b751, 0x47226305a6, 0x47e3fe7923,
	0x48a507ef3e, 0x496580437e, 0x4a25684f7a, 0x4ae4c0eae2, 0x4ba38aeb84, 0x4c61c72551, 0x4d1f766a62,
	0x4ddc998aff, 0x4e993155a5, 0x4f553e9708, 0x5010c21a1b, 0x50cbbca814, 0x51862f0871, 0x52401a0100,
	0x52f97e55de, 0x53b25cc980, 0x546ab61cb8, 0x55228b0eb7, 0x55d9dc5d15, 0x5690aac3d3, 0x5746f6fd60,
	0x57fcc1c29e, 0x58b20bcae7, 0x5966d5cc10, 0x5a1b207a6c, 0x5aceec88d6, 0x5b823aa8af, 0x5c350b89e2,
	0x5ce75fdaef, 0x5d993848e7, 0x5e4a957f75, 0x5efb7828df, 0x5fabe0ee0b, 0x605bd07683, 0x610b47687a,
	0x61ba4668cc, 0x6268ce1b05, 0x6316df2163, 0x63c47a1cda, 0x64719fad17, 0x651e507084, 0x65ca8d044d,
	0x6676560460, 0x6721ac0b70, 0x67cc8fb2fe, 0x6877019357, 0x6921024397, 0x69ca9259af, 0x6a73b26a68,
	0x6b1c630963, 0x6bc4a4c91e, 0x6c6c783af8, 0x6d13ddef32, 0x6dbad674f4, 0x6e61625a4c, 0x6f07822c37,
	0x6fad36769c, 0x70527fc458, 0x70f75e9f37, 0x719bd38ffe, 0x723fdf1e6a, 0x72e381d136, 0x7386bc2e18,
	0x74298eb9c8, 0x74cbf9f804, 0x756dfe6b8b, 0x760f9c9629, 0x76b0d4f8b1, 0x7751a81307, 0x77f216641b,
	0x78922069f2, 0x7931c6a1a2, 0x79d109875a, 0x7a6fe99662, 0x7b0e67491a, 0x7bac831903, 0x7c4a3d7ebc,
	0x7ce796f204, 0x7d848fe9c1, 0x7e2128dbfa, 0x7ebd623de4, 0x7f593c83d8, 0x7ff4b82160, 0x808fd58930,
	0x812a952d2f, 0x81c4f77e73, 0x825efced49, 0x82f8a5e932, 0x8391f2e0e7, 0x842ae4425a, 0x84c37a7aba,
	0x855bb5f671, 0x85f3972129, 0x868b1e65cf, 0x87224c2e8e, 0x87b920e4da, 0x884f9cf16a, 0x88e5c0bc3e,
	0x897b8cac9f, 0x8a11012922, 0x8aa61e97a7, 0x8b3ae55d5d, 0x8bcf55dec5, 0x8c63707fae, 0x8cf735a33e,
	0x8d8aa5abed, 0x8e1dc0fb8a, 0x8eb087f33b, 0x8f42faf382, 0x8fd51a5c38, 0x9066e68c95, 0x90f85fe32e,
	0x918986bdf6, 0x921a5b7a42, 0x92aade74c8, 0x933b1009a2, 0x93caf0944e, 0x945a806fb0, 0x94e9bff616,
	0x9578af8132, 0x96074f6a24, 0x9695a00977, 0x9723a1b720, 0x97b154ca85, 0x983eb99a79, 0x98cbd07d40,
	0x995899c891, 0x99e515d194, 0x9a7144ece7, 0x9afd276e9b, 0x9b88bdaa3a, 0x9c1407f2c4, 0x9c9f069ab1,
	0x9d29b9f3f6, 0x9db4225000, 0x9e3e3fffba, 0x9ec813538b, 0x9f519c9b59, 0x9fdadc268b, 0xa063d24407,
	0xa0ec7f4234, 0xa174e36efc, 0xa1fcff17ce, 0xa284d2899e, 0xa30c5e10e3, 0xa393a1f99d, 0xa41a9e8f54,
	0xa4a1541d18, 0xa527c2ed82, 0xa5adeb4ab7, 0xa633cd7e67, 0xa6b969d1d0, 0xa73ec08dbb, 0xa7c3d1fa81,
	0xa8489e600b, 0xa8cd2605d2, 0xa9516932de, 0xa9d5682dcd, 0xaa59233ccd, 0xaadc9aa5a0, 0xab5fceada0,
	0xabe2bf99b8, 0xac656dae6c, 0xace7d92fd7, 0xad6a0261ad, 0xadebe98739, 0xae6d8ee361, 0xaeeef2b8a5,
	0xaf70154921, 0xaff0f6d68c, 0xb07197a23c, 0xb0f1f7ed23, 0xb17217f7d2,
};
/* clang-format on */

uint64_t sample_minus_ln(uint64_t u)
{
	uint64_t nonzero = u + (u == 0);
	uint32_t zeros = (uint32_t)__builtin_clzll(nonzero);
	uint64_t mantissa = nonzero << zeros << 1; /* the bits after the leading one */
	uint64_t low = ln_table[mantissa >> (64 - LN_INDEX_BITS)];
	uint64_t high = ln_table[(mantissa >> (64 - LN_INDEX_BITS)) + 1];
	uint64_t between = mantissa << LN_INDEX_BITS >> 32;

	/* u / 2^64 = (1 + mantissa / 2^64) / 2^(zeros + 1). Neighbours differ by less than 2^32. */
	return (zeros + 1) * ln_table[1 << LN_INDEX_BITS] - low - ((high - low) * between >> 32);
}

static uint64_t draw_exponential(uint64_t mean_ns, uint64_t u)
{
	/* What the logarithm hardly depends on decides how a fraction is rounded, so that the mean
	 * is right for a mean of 1 ns, too. */
	uint64_t dither = u << (64 - 23) >> (64 - LN_FRACTION_BITS);

	hot_assert(mean_ns <= MEAN_NS_MAX);

	return wide_shifted(wide_sum(wide_product(mean_ns, sample_minus_ln(u)), wide_of(dither)),
		LN_FRACTION_BITS)
		.low;
}

inline uint64_t sample_draw(const struct sample *sample, struct prng *prng)
{
	switch (sample->kind) {
	case SAMPLE_CONSTANT:
		return sample->a;
	case SAMPLE_UNIFORM:
		hot_assert(sample->a <= sample->b);
		return sample->a + prng_below(prng, sample->b - sample->a + 1);
	case SAMPLE_EXPONENTIAL:
		/* -ln(2^-64) is 44.4, so there is nothing to cut at 64. */
		return draw_exponential(sample->a, prng_next(prng));
	case SAMPLE_BIMODAL:
		return prng_next(prng) >> 32 < sample->weight ? sample->b : sample->a;
	}
	assert(false && "no such kind");
	return 0;
}

//! Small bodies that unpack to 64 MB of zeros.

const BYTES: usize = 64 << 20;

/// Gzip: one literal, then matches of 258 bytes at distance 1, without an end.
pub(crate) fn gzip() -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let (mut bits, mut count) = (0u64, 0);
    let mut put = |value: u64, width: u32, out: &mut Vec<u8>| {
        bits |= value << count;
        count += width;
        while count >= 8 {
            out.push(bits as u8);
            bits >>= 8;
            count -= 8;
        }
    };
    put(0b011, 3, &mut out); // last block, fixed codes
    put(u64::from(0x30u8.reverse_bits()), 8, &mut out); // literal 0
    for _ in 0..BYTES / 258 {
        put(u64::from(0b1100_0101u8.reverse_bits()), 8, &mut out); // length 258
        put(0, 5, &mut out); // distance 1
    }
    put(0, 7, &mut out); // end of block
    put(0, 7, &mut out);
    out
}

/// Zstandard: blocks that repeat one byte 128 KB times (RFC 8878, 3.1.1.2.2).
pub(crate) fn zstd() -> Vec<u8> {
    const BLOCK: usize = 128 << 10;
    // The magic number, no flags, a window of 2 MB.
    let mut out = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 0x58];
    let blocks = BYTES / BLOCK;
    for block in 1..=blocks {
        let header = (BLOCK as u32) << 3 | 0b10 | u32::from(block == blocks);
        out.extend_from_slice(&header.to_le_bytes()[..3]);
        out.push(0);
    }
    out
}

/// Brotli, as its own compressor writes it.
pub(crate) fn brotli() -> Vec<u8> {
    let hex =
        "cfffff7ff82700e2b14020f7fe9ffffffff04f00c4610180eefd3fffffffe19f0088c32200ddfb7ffeffffc33f0110870500baf7ff03";
    hex::decode(hex).unwrap()
}

//! Chance that can be repeated.
//!
//! Invariant: the same seed gives the same rolls, on every machine.

/// Chance from a seed (`SplitMix64`).
pub struct Dice(pub u64);

impl Dice {
    /// A number below `sides`; 0 where there is none.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % (sides.max(1) as u64)).unwrap_or(0)
    }

    /// What a power cut leaves of a file: the durable bytes, all, a prefix of what was added, or zeros in it.
    pub(super) fn survive(&mut self, durable: &[u8], issued: &[u8]) -> Vec<u8> {
        if durable == issued {
            return issued.to_vec();
        }
        // What was durable and is still the same is not touched by later writes.
        let same = durable.iter().zip(issued).take_while(|(one, other)| one == other).count();
        match self.roll(4) {
            0 => durable.to_vec(),
            1 => issued.to_vec(),
            2 => {
                let kept = self.roll(issued.len() + 1).max(same);
                issued.get(..kept).unwrap_or_default().to_vec()
            }
            _ => {
                let (from, mut torn) = (self.roll(issued.len() + 1), issued.to_vec());
                torn.iter_mut().skip(from.max(same)).for_each(|byte| *byte = 0);
                torn
            }
        }
    }
}

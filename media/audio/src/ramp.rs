//! Gains that change without a click.

/// Over so many samples (5 ms) a gain goes all the way.
const LENGTH: usize = 240;

/// A switch with soft edges: it goes on or off within 5 ms.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ramp {
    gain: f32,
    on: bool,
}

impl Ramp {
    pub(crate) fn off() -> Self {
        Self { gain: 0.0, on: false }
    }

    pub(crate) fn set(&mut self, on: bool) {
        self.on = on;
    }

    /// Whether nothing comes through, now and from now on.
    pub(crate) fn is_shut(self) -> bool {
        !self.on && self.gain <= 0.0
    }

    pub(crate) fn apply(&mut self, pcm: &mut [f32]) {
        let target = if self.on { 1.0 } else { 0.0 };
        let step = if self.on { 1.0 } else { -1.0 } / LENGTH as f32;
        for sample in pcm {
            if (self.gain - target).abs() > f32::EPSILON {
                self.gain = (self.gain + step).clamp(0.0, 1.0);
            }
            *sample *= self.gain;
        }
    }
}

/// Lets `pcm` rise from nothing over its first 2.5 ms.
pub(crate) fn rise(pcm: &mut [f32]) {
    let over = pcm.len().min(LENGTH / 2);
    for (n, sample) in pcm[..over].iter_mut().enumerate() {
        *sample *= n as f32 / over as f32;
    }
}

/// Lets all of `pcm` fall to nothing.
pub(crate) fn fall(pcm: &mut [f32]) {
    let over = pcm.len();
    for (n, sample) in pcm.iter_mut().enumerate() {
        *sample *= (over - 1 - n) as f32 / over as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FRAME;

    #[test]
    fn a_gain_goes_all_the_way_within_one_frame_and_in_small_steps() {
        let mut ramp = Ramp::off();
        assert!(ramp.is_shut());
        for on in [true, false] {
            ramp.set(on);
            let mut pcm = [1.0; FRAME];
            ramp.apply(&mut pcm);
            assert!(pcm.windows(2).all(|pair| (pair[1] - pair[0]).abs() < 0.005));
            assert!((pcm[FRAME - 1] - if on { 1.0 } else { 0.0 }).abs() < 1e-6);
            assert_eq!(ramp.is_shut(), !on);
        }
    }

    #[test]
    fn sound_rises_from_and_falls_to_nothing() {
        let (mut rising, mut falling) = ([1.0; 480], [1.0; 480]);
        rise(&mut rising);
        fall(&mut falling);
        assert!(rising[0].abs() < 0.01 && (rising[479] - 1.0).abs() < 0.01);
        assert!(falling[479].abs() < 0.01 && (falling[0] - 1.0).abs() < 0.01);
    }
}

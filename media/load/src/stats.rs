//! Many times as one object: half, one in a hundred, and the worst.

use std::time::Duration;

use serde::Serialize;

/// Times in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Times {
    /// How many there were.
    pub count: usize,
    /// Half were not longer.
    pub p50_ms: f64,
    /// Ninety-nine of a hundred were not longer.
    pub p99_ms: f64,
    /// The longest.
    pub max_ms: f64,
}

impl Times {
    /// `None` if there are none.
    pub fn of(mut all: Vec<Duration>) -> Option<Times> {
        all.sort_unstable();
        let rank = |share: f64| all.get(((all.len() as f64 * share).ceil() as usize).max(1) - 1).copied();
        let ms = |time: Duration| round(time.as_secs_f64() * 1000.0, 3);
        Some(Times { count: all.len(), p50_ms: ms(rank(0.5)?), p99_ms: ms(rank(0.99)?), max_ms: ms(*all.last()?) })
    }
}

/// `value` with so many digits after the point.
pub fn round(value: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_are_not_longer_than_p50_and_one_in_a_hundred_is_longer_than_p99() {
        let times = Times::of((1..=200).rev().map(Duration::from_millis).collect()).expect("there are some");
        assert_eq!((times.count, times.p50_ms, times.p99_ms, times.max_ms), (200, 100.0, 198.0, 200.0));
    }

    #[test]
    fn of_one_time_all_are_the_same_and_of_none_there_are_none() {
        let times = Times::of(vec![Duration::from_micros(1500)]).expect("there is one");
        assert_eq!((times.p50_ms, times.p99_ms), (1.5, 1.5));
        assert_eq!(Times::of(Vec::new()), None);
    }
}

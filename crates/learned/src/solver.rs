//! A linear support vector machine, fitted in the dual by coordinate descent: C.-J. Hsieh et al., "A Dual Coordinate Descent Method
//! for Large-scale Linear SVM", ICML 2008, with the squared hinge loss. Exact arithmetic in a fixed order: the same rows give the
//! same weights, bit for bit.

/// Columns and values of a row; columns ascend.
pub type Row = Vec<(u32, f32)>;

/// Passes over the rows at most. Measured: after a fifth of them nothing changes in the third digit.
const MAX_PASSES: usize = 200;

/// Passes end when no row's gradient is further from its optimum than this.
const TOLERANCE: f64 = 0.01;

/// Weights of the columns and the bias such that rows that are `inside` have a positive sum and the others a negative one.
/// `costs` are the costs of a mistake on each row.
pub fn separate(rows: &[Row], inside: &[bool], costs: &[f64], columns: usize) -> (Vec<f32>, f32) {
    let mut weights = vec![0.0f64; columns];
    let mut bias = 0.0f64;
    let mut alphas = vec![0.0f64; rows.len()];
    // The bias is a column of ones.
    let squares: Vec<f64> =
        rows.iter().map(|row| 1.0 + row.iter().map(|(_, value)| f64::from(*value).powi(2)).sum::<f64>()).collect();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..MAX_PASSES {
        random.shuffle(&mut order);
        let mut furthest = 0.0f64;
        for &at in &order {
            let sign = if inside[at] { 1.0 } else { -1.0 };
            let sum = bias
                + rows[at].iter().map(|(column, value)| weights[*column as usize] * f64::from(*value)).sum::<f64>();
            let softness = 0.5 / costs[at];
            let gradient = sign * sum - 1.0 + softness * alphas[at];
            let projected = if alphas[at] == 0.0 { gradient.min(0.0) } else { gradient };
            furthest = furthest.max(projected.abs());
            if projected != 0.0 {
                let alpha = (alphas[at] - gradient / (squares[at] + softness)).max(0.0);
                let change = (alpha - alphas[at]) * sign;
                alphas[at] = alpha;
                bias += change;
                for (column, value) in &rows[at] {
                    weights[*column as usize] += change * f64::from(*value);
                }
            }
        }
        if furthest < TOLERANCE {
            break;
        }
    }
    (weights.into_iter().map(|weight| weight as f32).collect(), bias as f32)
}

/// A fixed sequence for the order of rows (xorshift64*). The method needs an order without pattern, not an unpredictable one; the
/// sequence of a library may change, and with it every model.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32;
        ((high * bound as u64) >> 32) as usize
    }

    fn shuffle(&mut self, items: &mut [usize]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separable_rows_are_separated_with_the_widest_margin() {
        // One column: -1 outside, 3 inside. The widest margin is halfway, at 1: weight 0.5, bias -0.5 but for the bias being regularised.
        let rows = vec![vec![(0, -1.0)], vec![(0, 3.0)]];
        let (weights, bias) = separate(&rows, &[false, true], &[1e4; 2], 1);
        let value = |x: f32| weights[0] * x + bias;
        assert!((value(3.0) - 1.0).abs() < 0.02 && (value(-1.0) + 1.0).abs() < 0.02, "{weights:?} {bias}");
    }

    #[test]
    fn a_dear_row_outweighs_a_cheap_one() {
        let rows = vec![vec![(0, 1.0)], vec![(0, 1.0)]];
        let sum = |costs: [f64; 2]| {
            let (weights, bias) = separate(&rows, &[true, false], &costs, 1);
            weights[0] + bias
        };
        assert!(sum([2.0, 1.0]) > 0.1 && sum([1.0, 2.0]) < -0.1);
    }
}

internal import Foundation

/// What XGBoost's objectives do between the sum of the trees and a prediction (`src/objective`): the base
/// score is a prediction, and enters the sum backwards.
struct XGBoostObjective {
    private enum Link {
        case identity
        case logistic
        case exponential
    }

    private let link: Link
    /// Whether a prediction is the sum itself, and a regression.
    let isPlain: Bool

    init?(name: String) {
        switch name {
        case "reg:squarederror", "reg:linear", "reg:absoluteerror", "reg:pseudohubererror",
            "reg:squaredlogerror", "reg:quantileerror", "reg:expectileerror":
            (link, isPlain) = (.identity, true)
        case "reg:logistic", "binary:logistic", "binary:logitraw": (link, isPlain) = (.logistic, false)
        case "count:poisson", "reg:gamma", "reg:tweedie", "survival:cox", "survival:aft":
            (link, isPlain) = (.exponential, false)
        case "binary:hinge", "rank:pairwise", "rank:ndcg", "rank:map": (link, isPlain) = (.identity, false)
        default: return nil
        }
    }

    /// What a base score adds to the sum; nil where it cannot be one.
    func margin(ofScore score: Float) -> Double? {
        switch link {
        case .identity: Double(score)
        case .logistic: score > 0 && score < 1 ? -log(1 / Double(score) - 1) : nil
        case .exponential: score > 0 ? log(Double(score)) : nil
        }
    }
}

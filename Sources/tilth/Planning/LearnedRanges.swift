import Covariates
import Forests
import Foundation
import Tiling

/// What the forests of a product know of its covariates: where their splits lie.
struct LearnedRanges {
    /// By covariate, of all layers together; a covariate with few splits is not in it.
    private(set) var bulks: [String: Bulk] = [:]

    mutating func add(_ forest: Forest) {
        for feature in forest.features {
            guard let bulk = Bulk(of: forest.splitThresholds(of: feature.name)) else { continue }
            bulks[feature.name] = bulks[feature.name]?.union(bulk) ?? bulk
        }
    }

    /// What is wrong where most of a sample has another magnitude than all that the forests learned.
    func contradiction(by survey: CovariateSurvey) -> String? {
        guard let known = bulks[survey.name], let bulk = survey.sampleBulk,
            let words = known.contradiction(by: bulk, gap: Bulk.forestGap)
        else { return nil }
        return "\(survey.name): the sample, \(bulk.text) \(survey.unit), is \(words) than what the forest "
            + "learned (\(known.text)): check the unit of the file, scale and offset"
    }

    /// A remark on a sample that lies beyond nearly all splits, so that the forest takes its values for the
    /// same: right in a desert, wrong in another unit.
    func remark(on survey: CovariateSurvey) -> String? {
        guard survey.sampleBulk != nil, let range = survey.sampleRange, let known = bulks[survey.name],
            known.low > 0
        else { return nil }
        // Zeros alone are zero in every unit.
        let isBelow = range.upperBound > 0 && range.upperBound * 2 < known.low
        guard isBelow || range.lowerBound > known.high * 2 else { return nil }
        return "all of the sample lies \(isBelow ? "below" : "above") what the forest learned "
            + "(\(known.text)): is the unit right?"
    }
}

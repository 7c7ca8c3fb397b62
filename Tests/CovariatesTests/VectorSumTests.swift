import Foundation
import Testing
import Tiling

@testable import Covariates

/// Loops over many values against one value at a time, bit for bit.
@Suite struct VectorSumTests {
    private func values(_ count: Int, seed: Int) -> [Float] {
        (0..<count).map { place in
            switch (place + seed) % 11 {
            case 3: .nan
            case 7: -.infinity
            default: Float((place * 7919 + seed * 104_729) % 10_007) / 97 - 40
            }
        }
    }

    private func sameBits(_ a: [Float], _ b: [Float]) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN }
    }

    @Test(arguments: [0, 1, 7, 8, 9, 16, 31, 33, 1000])
    func sumsDoNotDependOnWhereAVectorEnds(cellCount: Int) {
        let stepCount = 34
        let raw = values(stepCount * cellCount, seed: cellCount)
        let weights = (0..<stepCount).map { 1 / Double($0 + 3) }
        let outcomes: [TimeRule.Outcome] = [
            .terms([.init(step: 4, weight: 1)]), .terms([.init(step: 4, weight: 0.3)]),
            .terms([.init(step: 2, weight: 0.25), .init(step: 3, weight: 0.75)]), .missing([Day(number: 0)]),
            .terms(weights.enumerated().map { .init(step: $0.offset, weight: $0.element) }),
        ]
        let place = Dictionary(uniqueKeysWithValues: (0..<stepCount).map { ($0, stepCount - 1 - $0) })
        var expected: [Float] = []
        for outcome in outcomes {
            for cell in 0..<cellCount {
                guard case .terms(let terms) = outcome else {
                    expected.append(.nan)
                    continue
                }
                var sum = 0.0
                for term in terms {
                    sum += term.weight * Double(raw[(stepCount - 1 - term.step) * cellCount + cell])
                }
                expected.append(Float(sum))
            }
        }
        let found = weightedSums(outcomes, of: raw, place: place, cellCount: cellCount)
        #expect(sameBits(found, expected))
    }

    @Test func manyValuesFollowTheRuleOfOne() throws {
        for (scale, offset, valid, clip) in [
            (1.0, 0.0, nil, nil), (0.02, -273.15, nil, nil), (1, 0, (-30.0, 30.0), nil),
            (0.1, 3, (-0.7, 5), nil), (1, 0, nil, 0.0), (-1000, 0.5, (-20_000, 20_000), -3),
        ] as [(Double, Double, (Double, Double)?, Double?)] {
            let covariate = Covariate(
                name: "x", unit: "1", source: .dayOfYear, scale: scale, offset: offset,
                valid: valid.map { .init(minimum: $0.0, maximum: $0.1) }, clip: clip)
            let rule = try ValueRule(of: covariate)
            let stored = values(1003, seed: 5)
            #expect(sameBits(rule.applied(to: stored), stored.map { rule.applied(to: $0) }))
        }
    }
}

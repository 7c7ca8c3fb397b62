import Tiling

/// How many of the values of two covariates lie the wrong way round.
struct OrderCount {
    private(set) var pairCount = 0
    private(set) var belowCount = 0

    /// Fewer pairs of a day say nothing.
    static let pairsMin = 50
    /// Days that must say something: a front turns day and night round, a polar night has neither.
    static let daysMin = 5
    /// A unit that contradicts so much is swapped, and a day that does where the others do not.
    static let unitShare = 0.8
    static let dayShare = 0.95

    init(pairCount: Int = 0, belowCount: Int = 0) {
        self.pairCount = pairCount
        self.belowCount = belowCount
    }

    mutating func add(upper: Float, lower: Float) {
        guard !upper.isNaN, !lower.isNaN else { return }
        pairCount += 1
        if upper < lower { belowCount += 1 }
    }

    static func + (a: OrderCount, b: OrderCount) -> OrderCount {
        OrderCount(pairCount: a.pairCount + b.pairCount, belowCount: a.belowCount + b.belowCount)
    }

    static func - (a: OrderCount, b: OrderCount) -> OrderCount {
        OrderCount(pairCount: a.pairCount - b.pairCount, belowCount: a.belowCount - b.belowCount)
    }

    var share: Double { pairCount == 0 ? 0 : Double(belowCount) / Double(pairCount) }

    /// `lies below lst_night in 97 of 100 values, and the product has it above`.
    func words(_ lower: String) -> String {
        "lies below \(lower) in \(belowCount) of \(pairCount) values, and the product has it above: are "
            + "their bands, fields or files swapped?"
    }
}

extension Gathering {
    /// Days on which a covariate lies below the one that the product has it `above`, and no other day does:
    /// their bands are swapped. Throws where the whole unit does.
    func contradictedDays() throws -> [Day: String] {
        guard isWholeTile else { return [:] }
        var reasons: [Day: String] = [:]
        for covariate in product.covariates {
            guard let name = covariate.above, let upper = made[covariate.name], let lower = made[name] else {
                continue
            }
            let counts = try orderCounts(upper.plane, lower.plane)
            let judged = counts.filter { $0.pairCount >= OrderCount.pairsMin }
            let total = judged.reduce(OrderCount(), +)
            guard judged.count >= OrderCount.daysMin else { continue }
            guard total.share <= OrderCount.unitShare else {
                throw CovariateError.unusable(
                    path: path(of: covariate, on: days.first),
                    problem: "\(covariate.name) of \(days), tile \(tile), \(total.words(name))")
            }
            for (day, count) in zip(days, counts)
            where count.pairCount >= OrderCount.pairsMin && judged.count > OrderCount.daysMin
                && count.share > OrderCount.dayShare && (total - count).share < 1 - OrderCount.dayShare
            {
                reasons[day] =
                    "\(covariate.name) of \(day), tile \(tile), in \(path(of: covariate, on: day)) "
                    + count.words(name)
            }
        }
        return reasons
    }

    /// By day, of some thousand pixels of land.
    private func orderCounts(_ upper: CovariatePlane, _ lower: CovariatePlane) throws -> [OrderCount] {
        let land = try reader.land(of: tile)
        let onLand = pixels.indices.filter { land[pixels[$0]] }
        let step = max(1, onLand.count / 2000)
        return (0..<days.count).map { day in
            var count = OrderCount()
            for place in stride(from: 0, to: onLand.count, by: step) {
                count.add(
                    upper: upper.value(pixel: onLand[place], day: day, pixelCount: pixels.count),
                    lower: lower.value(pixel: onLand[place], day: day, pixelCount: pixels.count))
            }
            return count
        }
    }

    private func path(of covariate: Covariate, on day: Day) -> String {
        guard case .files(let files) = covariate.source else { return covariate.name }
        return made[covariate.name]?.origins[day]?.first?.step.files.first?.input.path
            ?? files.path.path(for: day)
    }
}

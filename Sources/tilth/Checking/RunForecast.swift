import Covariates
import Tiling

/// What will become of the predict units, as far as dates and places tell.
///
/// A unit is complete when all days of all its land can be made, partial when some days or some of its land
/// will have no value, impossible when it will fail or be empty.
struct RunForecast {
    private(set) var completeCount = 0
    private(set) var partialCount = 0
    private(set) var impossibleCount = 0
    let tileCount: Int
    let blockCount: Int
    /// Days that some feature of a layer lacks; what no layer uses stops nothing.
    let missingDays: [DayRange]

    /// `tiles` are those with land.
    init(product: Product, surveys: [CovariateSurvey], tiles: [Tile]) {
        let features = Set(product.featureNames.flatMap { [$0] + product.sources(of: $0) })
        let needed = surveys.filter { features.contains($0.name) }
        let lacking = Set(needed.flatMap(\.missingDays).flatMap { Array($0) })
        missingDays = DayRange.runs(of: lacking.filter(product.period.contains).sorted())

        // Per run of days, whatever the tile.
        let blocks = product.unit.blocks(of: product.period).compactMap {
            product.unit.days(ofBlock: $0, within: product.period)
        }
        var wholeBlockCount = 0
        var partBlockCount = 0
        for days in blocks {
            let count = days.count { lacking.contains($0) }
            if count == 0 {
                wholeBlockCount += 1
            } else if count < days.count, product.missing == .nodata {
                partBlockCount += 1
            }
        }
        // Per tile, whatever the days.
        var partly: Set<Tile> = []
        var impossible: Set<Tile> = []
        for survey in needed {
            let mayLack = product.covariate(named: survey.name)?.outside == .nodata
            impossible.formUnion(survey.tilesUnreached)
            if mayLack {
                partly.formUnion(survey.tilesPartlyReached)
            } else {
                impossible.formUnion(survey.tilesPartlyReached)
            }
        }
        let partTileCount = partly.subtracting(impossible).count
        let wholeTileCount = tiles.count - partTileCount - impossible.count
        tileCount = tiles.count
        blockCount = blocks.count
        completeCount = wholeTileCount * wholeBlockCount
        partialCount = wholeTileCount * partBlockCount + partTileCount * (wholeBlockCount + partBlockCount)
        impossibleCount = tileCount * blockCount - completeCount - partialCount
    }

    var missingDayCount: Int { missingDays.reduce(0) { $0 + $1.count } }

    /// `48 complete, 1 partial, 0 impossible`.
    var text: String {
        "\(grouped(completeCount)) complete, \(grouped(partialCount)) partial, "
            + "\(grouped(impossibleCount)) impossible"
    }

    /// `4 tiles with land x 12 runs of days`.
    func extent(_ unit: Calendar) -> String {
        "\(counted(tileCount, "tile")) with land × "
            + (unit == .months ? counted(blockCount, "month") : counted(blockCount, "run") + " of days")
    }
}

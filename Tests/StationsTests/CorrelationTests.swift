import Testing

@testable import Stations

@Suite struct CorrelationTests {
    @Test(arguments: SmallTable.cases("partial_correlation.txt"))
    func partialCorrelation(_ row: SmallTable.Case) throws {
        let series = try #require(row.numbers("y"))
        let drivers = ["x1", "x2", "x3"].compactMap { row.numbers($0) }
        var correlation = PartialCorrelation(driverCount: drivers.count)
        for point in series.indices { correlation.add([series[point]] + drivers.map { $0[point] }) }
        let results = correlation.results
        guard row.entries["r"] != ["nil"] else {
            #expect(results == nil, "line \(row.line)")
            return
        }
        let (r, p) = (try #require(row.numbers("r")), try #require(row.numbers("p")))
        #expect(try #require(results).count == drivers.count && r.count == drivers.count)
        for (driver, result) in try #require(results).enumerated() {
            #expect(abs(result.r - r[driver]) < 1e-9, "line \(row.line), x\(driver + 1): \(result.r)")
            #expect(abs(result.p - p[driver]) < 1e-8, "line \(row.line), x\(driver + 1): \(result.p)")
        }
    }

    /// Drivers that have nothing to do with each other need not be held constant.
    @Test func independentDriversGiveTheOrdinaryOne() throws {
        let signs: [[Double]] = [[1, 1, 1, 1, -1, -1, -1, -1], [1, 1, -1, -1, 1, 1, -1, -1]]
        let noise: [Double] = [1, -1, 1, -1, 1, -1, 1, -1]
        var correlation = PartialCorrelation(driverCount: 2)
        let series = noise.indices.map { 2 * signs[0][$0] + noise[$0] }
        for point in series.indices { correlation.add([series[point], signs[0][point], signs[1][point]]) }
        let results = try #require(correlation.results)
        #expect(abs(results[0].r - 2 / 5.0.squareRoot()) < 1e-12 && abs(results[1].r) < 1e-12)
        #expect(abs(results[1].p - 1) < 1e-12)
    }

    /// Means a million times their spread cost no digits.
    @Test func largeMeansAreNoHarm() throws {
        var (near, far) = (PartialCorrelation(driverCount: 1), PartialCorrelation(driverCount: 1))
        for point in 0..<12 {
            let (x, y) = (Double(point * point % 7), Double(point % 5))
            near.add([y, x])
            far.add([y + 1e6, x + 2e6])
        }
        let (a, b) = (try #require(near.results), try #require(far.results))
        #expect(abs(a[0].r - b[0].r) < 1e-9)
    }
}

/// What a correlation found over all pixels, to say it in a few numbers.
public struct CorrelationSummary: Sendable {
    /// One driver, over the pixels that have a correlation.
    public struct Driver: Codable, Sendable {
        public let name: String
        public internal(set) var positivePixels = 0
        /// Pixels where chance alone gives such an r in less than 5 of 100 cases.
        public internal(set) var significantPixels = 0
        /// Pixels where its |r| is the largest.
        public internal(set) var dominantPixels = 0
        var sum = 0.0
    }

    public private(set) var drivers: [Driver]
    /// Pixels that have a correlation.
    public private(set) var pixelCount = 0
    /// Steps of those pixels, the fewest and the most.
    public private(set) var steps: ClosedRange<Int>?

    public init(drivers: [String]) { self.drivers = drivers.map { Driver(name: $0) } }

    /// Mean r of a driver; nil without pixels.
    public func meanR(of driver: Int) -> Double? {
        pixelCount > 0 ? drivers[driver].sum / Double(pixelCount) : nil
    }

    /// Counts the pixels of a strip.
    public mutating func add(_ strip: RunCorrelation.Strip) {
        for pixel in strip.dominant.indices where strip.dominant[pixel] > 0 {
            pixelCount += 1
            let count = Int(strip.steps[pixel])
            steps = min(steps?.lowerBound ?? count, count)...max(steps?.upperBound ?? count, count)
            drivers[Int(strip.dominant[pixel]) - 1].dominantPixels += 1
            for driver in drivers.indices {
                let r = strip.r[driver][pixel]
                drivers[driver].sum += Double(r)
                if r > 0 { drivers[driver].positivePixels += 1 }
                if strip.p[driver][pixel] < 0.05 { drivers[driver].significantPixels += 1 }
            }
        }
    }
}

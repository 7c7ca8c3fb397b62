/// Cosine and sine of `2 pi p d / 365` for p = 1, 2, 3 and d = 1...365.
///
/// Made of additions, multiplications and divisions alone, so that every machine has the same bits, which the
/// cosine of a library does not promise. Errors are a few 1e-16.
struct HarmonicTable: Sendable {
    static let dayCount = 365
    static let harmonicCount = 3
    /// 1, then cosine and sine of each harmonic.
    static let termCount = 1 + 2 * harmonicCount

    /// Computed once per process.
    static let shared = HarmonicTable()

    /// By k: cosine and sine of k/365 of a turn.
    private let turns: [(cosine: Double, sine: Double)]

    private init() { turns = (0..<HarmonicTable.dayCount).map(HarmonicTable.turn) }

    /// The number k = p d mod 365 has the angle of harmonic p on day d.
    func cosine(_ harmonic: Int, day: Int) -> Double { turns[harmonic * day % HarmonicTable.dayCount].cosine }
    func sine(_ harmonic: Int, day: Int) -> Double { turns[harmonic * day % HarmonicTable.dayCount].sine }

    /// 1, cos, sin, cos 2, sin 2, cos 3, sin 3 of a day of the year.
    func basis(day: Int) -> [Double] {
        [1] + (1...HarmonicTable.harmonicCount).flatMap { [cosine($0, day: day), sine($0, day: day)] }
    }

    private static func turn(_ k: Int) -> (cosine: Double, sine: Double) {
        let quarter = 4 * k / dayCount
        let rest = 4 * k - dayCount * quarter
        // Series converge fast below an eighth of a turn; beyond it cosine and sine change places.
        let isFar = 2 * rest > dayCount
        let angle = Double.pi / 2 * Double(isFar ? dayCount - rest : rest) / Double(dayCount)
        let near = (cosine: series(of: angle, from: 1), sine: angle * series(of: angle, from: 2))
        let (c, s) = isFar ? (near.sine, near.cosine) : near
        switch quarter {
        case 0: return (c, s)
        case 1: return (-s, c)
        case 2: return (-c, -s)
        default: return (s, -c)
        }
    }

    /// 1 - x^2/(n(n+1)) (1 - x^2/((n+2)(n+3)) (...)): the cosine from n = 1, sin(x) / x from n = 2.
    private static func series(of angle: Double, from first: Int) -> Double {
        let square = angle * angle
        var sum = 1.0
        for n in stride(from: first + 18, through: first, by: -2) {
            sum = 1 - square / Double(n * (n + 1)) * sum
        }
        return sum
    }
}

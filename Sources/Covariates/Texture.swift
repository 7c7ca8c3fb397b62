import Tiling

/// The fine relief of a plane: the differences of some neighbouring cells.
///
/// What persists in a covariate, fields, forests and valleys, gives the same texture day by day, however warm
/// or green it is; weather does not. So textures that mostly agree tell a plane that lies elsewhere.
struct Texture {
    let differences: [Float]

    /// Pairs that are looked at, and pairs that must have values in both planes.
    static let pairsMax = 3000
    static let pairsMin = 300
    /// Textures of neighbouring days that agree so well, in the median of at least so many, persist.
    static let persistentMin = 0.6
    static let linksMin = 3
    /// A plane that agrees less than this with the others, and more than that elsewhere, lies elsewhere.
    static let strangeMax = 0.2
    static let turnedMin = 0.5

    /// Pearson's; nil for too few pairs and for flat planes.
    func correlation(with other: Texture) -> Double? {
        var (count, a, b, aa, bb, ab) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for (own, its) in zip(differences, other.differences) where !own.isNaN && !its.isNaN {
            let (x, y) = (Double(own), Double(its))
            count += 1
            a += x
            b += y
            aa += x * x
            bb += y * y
            ab += x * y
        }
        guard count >= Double(Self.pairsMin) else { return nil }
        let spread = (count * aa - a * a) * (count * bb - b * b)
        return spread > 0 ? (count * ab - a * b) / spread.squareRoot() : nil
    }

    /// The plane that all others may be held against, if the textures of a series persist: one of two
    /// neighbours that agree as well as most.
    static func reference(of series: [Texture]) -> Texture? {
        let links = zip(series, series.dropFirst()).compactMap { before, texture in
            before.correlation(with: texture).map { (texture: texture, correlation: $0) }
        }.sorted { $0.correlation < $1.correlation }
        guard links.count >= linksMin else { return nil }
        let median = links[links.count / 2]
        return median.correlation >= persistentMin ? median.texture : nil
    }

    /// Where a plane lies that is unlike the reference; nil where it is not, and where nothing is proved.
    ///
    /// `turned` gives its texture when it is turned back, `near` its values at cells of the window and some
    /// around it, NaN where it has none; both are asked for only where it is unlike.
    static func displacement(
        of texture: Texture, against reference: Texture, pairs: TexturePairs,
        turned: (RasterTurn) throws -> Texture, near: () throws -> ((column: Int, row: Int)) -> Float
    ) rethrows -> Displacement? {
        guard let straight = reference.correlation(with: texture), straight < strangeMax else { return nil }
        for turn in RasterTurn.allCases {
            if let found = reference.correlation(with: try turned(turn)), found > turnedMin {
                return .turned(turn)
            }
        }
        let value = try near()
        let reach = -Displacement.cellsMax...Displacement.cellsMax
        var best: (correlation: Double, displacement: Displacement)?
        for rows in reach {
            for columns in reach where max(abs(rows), abs(columns)) >= Displacement.cellsMin {
                let shifted = pairs.texture { value(($0.column + columns, $0.row + rows)) }
                guard let found = reference.correlation(with: shifted),
                    found > max(turnedMin, best?.correlation ?? 0)
                else { continue }
                best = (found, .shifted(columns: columns, rows: rows))
            }
        }
        return best?.displacement
    }
}

/// Cells whose right neighbours are looked at, too, evenly over a window.
struct TexturePairs {
    let left: [(column: Int, row: Int)]

    init(in window: PixelWindow) {
        let step = max(
            1, Int((Double(window.pixelCount) / Double(Texture.pairsMax)).squareRoot().rounded(.up)))
        left = stride(from: window.row, to: window.row + window.rows, by: step).flatMap { row in
            stride(from: window.column, to: window.column + window.columns - 1, by: step).map { ($0, row) }
        }
    }

    /// The texture of values that are found by their cells.
    func texture(_ value: ((column: Int, row: Int)) -> Float) -> Texture {
        Texture(differences: left.map { value(($0.column + 1, $0.row)) - value($0) })
    }
}

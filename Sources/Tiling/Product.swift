/// Everything that one production makes and from what: the checked content of a product file.
public struct Product: Hashable, Codable, Sendable {
    public let name: String
    public let grid: Grid
    public let period: DayRange
    /// The runs of days of the predict units.
    public let unit: Calendar
    /// Pixels along one side of a tile.
    public let tilePixels: Int
    /// Where there is land; without it every pixel is.
    public let mask: LandMask?
    /// The pool of predictors, in the order of the file.
    public let covariates: [Covariate]
    public let layers: [Layer]
    public let output: OutputEncoding
    /// What happens to a day whose covariates are missing.
    public let missing: MissingRule

    public init(
        name: String, grid: Grid, period: DayRange, unit: Calendar = .months, tilePixels: Int = 480,
        mask: LandMask? = nil, covariates: [Covariate], layers: [Layer], output: OutputEncoding,
        missing: MissingRule = .nodata
    ) {
        self.name = name
        self.grid = grid
        self.period = period
        self.unit = unit
        self.tilePixels = tilePixels
        self.mask = mask
        self.covariates = covariates
        self.layers = layers
        self.output = output
        self.missing = missing
    }

    public var tiles: TileScheme { TileScheme(grid: grid, pixelsPerSide: tilePixels) }

    /// What all layers together need of the pool, in the order of the pool.
    public var featureNames: [String] {
        let wanted = Set(layers.flatMap(\.features))
        return covariates.map(\.name).filter(wanted.contains)
    }

    /// The covariate of the pool that has a name.
    public func covariate(named name: String) -> Covariate? { covariates.first { $0.name == name } }

    /// The covariates that a computed one comes down to, each once; none for one that is computed of nothing.
    public func sources(of name: String) -> [String] {
        var found: [String] = []
        var open = covariate(named: name)?.source.indispensable ?? []
        // A pool that is not checked yet may hold circles.
        var known: Set<String> = [name]
        while let next = open.popLast() {
            guard known.insert(next).inserted, let covariate = covariate(named: next) else { continue }
            let operands = covariate.source.indispensable
            if operands.isEmpty { found.append(next) } else { open += operands }
        }
        return found
    }
}

/// A raster that is 1 (anything but 0 and no-data) on land, sampled at pixel centres.
public struct LandMask: Hashable, Codable, Sendable {
    /// Relative to the data root.
    public let path: String

    public init(path: String) { self.path = path }
}

/// One output variable, a depth say, with its own forest and its own ordered features.
public struct Layer: Hashable, Codable, Sendable {
    public let name: String
    /// Upper and lower depth below the surface, m.
    public let depth: [Double]?
    /// Path of the forest file, relative to the product file.
    public let model: String
    /// Names of covariates, in model order.
    public let features: [String]

    public init(name: String, depth: [Double]? = nil, model: String, features: [String]) {
        self.name = name
        self.depth = depth
        self.model = model
        self.features = features
    }
}

/// How predicted values are stored: `value = stored * scale + offset`.
public struct OutputEncoding: Hashable, Codable, Sendable {
    public let type: PixelType
    public let scale: Double
    public let offset: Double
    /// The stored value that means missing.
    public let noData: Double
    /// UDUNITS spelling: `m3 m-3`.
    public let unit: String
    public let compression: Compression

    public init(
        type: PixelType, scale: Double = 1, offset: Double = 0, noData: Double, unit: String,
        compression: Compression = .zstd
    ) {
        self.type = type
        self.scale = scale
        self.offset = offset
        self.noData = noData
        self.unit = unit
        self.compression = compression
    }

    /// How blocks are packed; zstd costs a fifth of deflate.
    public enum Compression: String, Hashable, Codable, Sendable, CaseIterable {
        case zstd, deflate, none
    }
}

/// The number types that a map is stored in.
public enum PixelType: String, Hashable, Codable, Sendable, CaseIterable {
    case uint16, int16, float32

    public var byteCount: Int { self == .float32 ? 4 : 2 }
}

/// The part of a product that changes values. Period, paths and software stand outside, so that days can be
/// added and bugs fixed in a running production.
public struct Recipe: Hashable, Codable, Sendable {
    public let grid: Grid
    public let tilePixels: Int
    public let unit: Calendar
    public let mask: LandMask?
    public let covariates: [Covariate]
    public let layers: [LayerRecipe]
    public let output: OutputEncoding
    public let missing: MissingRule

    /// What changes the values of one layer.
    public struct LayerRecipe: Hashable, Codable, Sendable {
        public let name: String
        public let forest: Digest
        public let features: [String]
    }

    /// `forests` holds the digest of each layer's forest file.
    public init(of product: Product, forests: [String: Digest]) {
        grid = product.grid
        tilePixels = product.tilePixels
        unit = product.unit
        mask = product.mask
        covariates = product.covariates.map(\.unjudged)
        layers = product.layers.compactMap { layer in
            forests[layer.name].map { LayerRecipe(name: layer.name, forest: $0, features: layer.features) }
        }
        output = product.output
        missing = product.missing
    }

    /// SHA-256 of the recipe's canonical JSON.
    public var digest: Digest { Digest(of: CanonicalJSON.bytes(self)) }
}

import Tiling

/// One reading of a product file's tree: every key once, then what must agree across keys.
struct ProductReading {
    /// Nil when something is missing or wrong.
    let product: Product?
    let covariateLines: [String: Int]

    init(of root: Entry) {
        guard let section = Section(root, .product) else {
            product = nil
            covariateLines = [:]
            return
        }
        let pool = (section["covariates"]?.items() ?? []).enumerated().map { $1.poolMember(number: $0 + 1) }
        let layers = (section["layers"]?.items() ?? []).enumerated().map { $1.layerMember(number: $0 + 1) }
        PoolCheck(pool: pool, layers: layers).run()
        covariateLines = Dictionary(pool.compactMap { member in member.name.map { ($0, member.line) } }) {
            first, _ in first
        }
        product = ProductReading.product(
            section, covariates: pool.compactMap(\.covariate), layers: layers.compactMap(\.layer))
    }

    private static func product(_ section: Section, covariates: [Covariate], layers: [Layer]) -> Product? {
        let name = section["name"]?.name()
        let grid = section["grid"]?.grid()
        let period = section["period"]?.period()
        let unit = section.value(of: "unit", default: .months) { $0.calendar() }
        let tilePixels = section.value(of: "tile", default: 480) { $0.wholeNumber(in: 1...16_384) }
        let mask = section.value(of: "mask", default: LandMask?.none) { $0.landMask().map(Optional.some) }
        let output = section["output"]?.outputEncoding()
        let missing = section.value(of: "missing", default: .nodata) {
            $0.choice(of: [MissingRule.fail, .nodata])
        }
        guard let name, let grid, let period, let unit, let tilePixels, let mask, let output, let missing
        else { return nil }
        let product = Product(
            name: name, grid: grid, period: period, unit: unit, tilePixels: tilePixels, mask: mask,
            covariates: covariates, layers: layers, output: output, missing: missing)
        // Units are numbered with 32 bits.
        guard product.tiles.tileCount <= Int(Int32.max) else {
            let entry = section["tile"] ?? section["grid"] ?? section.entry
            entry.report("\(product.tiles.tileCount) tiles are too many: give tile a larger number of pixels")
            return nil
        }
        return product
    }
}

extension Entry {
    fileprivate func landMask() -> LandMask? {
        Section(self, .mask)?["source"]?.fixedPath().map(LandMask.init(path:))
    }
}

import Rasters
import Tiling

/// Which band holds what, by the descriptions of the bands: files whose bands are in another order than those
/// before them, or than the product says, give plausible maps of wrong values.
struct BandOrder {
    /// By description, in lower case.
    private var bands: [String: Int] = [:]
    /// Who says so.
    private var witness = "the product"

    /// Covariates that are named like bands say where they are.
    init(of source: PlannedSource, in product: Product) {
        for covariate in product.covariates {
            guard case .files(let files) = covariate.source, files.path == source.path,
                case .raster(let band) = files.content
            else { continue }
            bands[covariate.name.lowercased()] = band
        }
    }

    /// Throws when a band is described as what belongs elsewhere; remembers what the first file says.
    mutating func check(_ info: RasterInfo, bands wanted: [Int], path: String) throws {
        let names = info.bandDescriptions.map { $0.lowercased() }
        let unique = Set(names.filter { name in !name.isEmpty && names.count { $0 == name } == 1 })
        for band in wanted where names.indices.contains(band - 1) && unique.contains(names[band - 1]) {
            guard let place = bands[names[band - 1]], place != band else { continue }
            throw CovariateError.unusable(
                path: path,
                problem: "its band \(band) is '\(info.bandDescriptions[band - 1])', which \(witness) has as "
                    + "band \(place): are its bands in another order?")
        }
        guard witness == "the product" else { return }
        witness = path
        for (number, name) in names.enumerated() where unique.contains(name) { bands[name] = number + 1 }
    }
}

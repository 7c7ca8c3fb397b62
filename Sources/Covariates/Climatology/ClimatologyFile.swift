import Rasters
import Storage
import Tiling

/// The coefficients of one climatology on one tile: a GeoTIFF of float32, a band for each of
/// `HarmonicCoefficients.names`, that QGIS and rasterio open.
struct ClimatologyFile {
    let plan: RunPlan
    let run: RunDirectory
    let climatology: PlannedClimatology
    let tile: Tile

    private var path: String { run.climatologyPath(climatology, tile: tile) }

    func write(_ coefficients: HarmonicCoefficients) throws -> OutputFile {
        let product = plan.product
        let unit = product.covariate(named: climatology.covariate)?.unit ?? ""
        let bands = zip(HarmonicCoefficients.names, coefficients.planes).map { name, values in
            GeoTIFFBand(description: "\(climatology.name) \(name)", values: .float32(values))
        }
        let bytes = try GeoTIFFEncoder(
            grid: product.tiles.grid(of: tile), blockSize: product.tilePixels,
            encoding: OutputEncoding(type: .float32, noData: .nan, unit: unit)
        ).encode(
            bands: bands,
            metadata: [
                "AREA_OR_POINT": "Area", "TIFFTAG_SOFTWARE": "Tilth \(plan.software)",
                "TILTH_PRODUCT": product.name, "TILTH_TILE": tile.name, "TILTH_RECIPE": plan.recipe.hex,
                "TILTH_CLIMATOLOGY":
                    "\(climatology.covariate) \(climatology.period) \(climatology.mode.rawValue) "
                    + climatology.fit.rawValue,
            ])
        return try run.writeOutput(bytes, to: path)
    }

    /// The coefficients of some pixels of the tile.
    func read(pixels: [Int]) throws -> HarmonicCoefficients {
        let absolute = run.absolute(path)
        guard DurableFile.exists(absolute) else {
            throw CovariateError.notDone(unit: "climatology/\(tile)/\(climatology.name)")
        }
        let file = try RasterFile(path: absolute)
        let grid = plan.product.tiles.grid(of: tile)
        guard file.info.grid.nearlyEquals(grid) else {
            throw CovariateError.unusable(
                path: path, problem: "is not the file of tile \(tile): run `tilth resume`")
        }
        let count = HarmonicCoefficients.names.count
        let values = try file.read(
            window: PixelWindow(column: 0, row: 0, columns: grid.columns, rows: grid.rows),
            bands: Array(1...count))
        let size = grid.columns * grid.rows
        var result = HarmonicCoefficients(pixelCount: pixels.count)
        for (number, pixel) in pixels.enumerated() {
            for term in 0..<HarmonicTable.termCount {
                result.terms[term * pixels.count + number] = values[term * size + pixel]
            }
            result.dayCounts[number] = values[(count - 2) * size + pixel]
            result.longestGaps[number] = values[(count - 1) * size + pixel]
        }
        return result
    }
}

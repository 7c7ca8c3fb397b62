import Foundation
import Tiling

/// The product file of the large world.
struct LargeProductFile {
    static let name = "large.yaml"

    let parameters: DemoParameters

    /// Name, unit, and the rest of each covariate, in the order that the forest is trained with.
    private static let covariates: [(name: String, unit: String, rules: String)] =
        fixed + coarse + daily + [("doy", "1", "source: day-of-year")]

    private static let fixed = [
        ("clay", "%", "source: {raster: static/clay.tif}, scale: 0.1"),
        ("sand", "%", "source: {raster: static/sand.tif}, scale: 0.1"),
        ("silt", "%", "source: {raster: static/silt.tif}, scale: 0.1"),
        ("elevation", "m", "source: {raster: static/elevation.tif}"),
        ("ti", "ln(m)", "source: {raster: static/ti.tif}"),
        ("slope", "degree", "source: {raster: static/slope.tif}"),
        ("bulk_density", "cg cm-3", "source: {raster: static/bulk_density.tif}"),
        ("organic_carbon", "dg kg-1", "source: {raster: static/organic_carbon.tif}"),
        ("canopy_height", "dm", "source: {raster: static/canopy_height.tif}"),
        ("ndvi_mean", "1", "source: {raster: static/ndvi_mean.tif}"),
        ("lat", "degrees_north", "source: lat"),
        ("lon", "degrees_east", "source: lon"),
    ]

    private static let coarse = [
        (
            "apei", "mm",
            weather("[tp, e]")
                + ", derive: {antecedent-index: {terms: \(DemoParameters.indexTerms), "
                + "decay: \(DemoParameters.indexDecay)}, scale: 1000}"
        ),
        ("rain", "mm", weather("tp") + ", scale: 1000"),
        ("rain_5d", "mm", weather("tp") + ", scale: 1000, derive: {running-sum: 5}"),
        ("evaporation", "mm", weather("e") + ", scale: -1000"),
        ("t2m", "degC", weather("t2m") + ", offset: -273.15"),
        ("t2m_10d", "degC", weather("t2m") + ", scale: 0.1, offset: -27.315, derive: {running-sum: 10}"),
    ]

    private static let daily = [
        (
            "ndvi", "1",
            "source: {raster: \"ndvi/NDVI_{year}{doy}.tif\", every: \(DemoComposites.everyDays)}, "
                + "interpolate: linear"
        ),
        (
            "lai", "m2 m-2",
            "source: {raster: \"lai/LAI_{year}{doy}.tif\", every: \(LargeWorld.everyDays)}, "
                + "interpolate: linear"
        ),
        (
            "albedo", "1",
            "source: {raster: \"albedo/ALBEDO_{year}{doy}.tif\", every: \(LargeWorld.everyDays)}"
        ),
        ("lst_day", "K", "source: {raster: \"lst/LST_DAY_{year}{month}{day}.tif\"}"),
        ("lst_night", "K", "source: {raster: \"lst/LST_NIGHT_{year}{month}{day}.tif\"}"),
    ]

    private static func weather(_ variable: String) -> String {
        "source: {netcdf: \"era5land/era5land_{year}{month}.nc\", variable: \(variable)}"
    }

    var text: String {
        let grid = parameters.grid
        let covariates = LargeProductFile.covariates.map {
            "  - {name: \($0.name), unit: \"\($0.unit)\", \($0.rules)}"
        }
        return """
            # The world of `Benchmarks/run unit`, with as many covariates of each shape as products have.
            name: large
            grid: {crs: EPSG:4326, west: \(grid.west), north: \(grid.north), pixel: "1/120", \
            columns: \(grid.columns), rows: \(grid.rows)}
            period: \(parameters.period.first)..\(parameters.period.last)
            unit: month
            tile: \(parameters.tilePixels)
            mask: {source: static/land.tif}
            covariates:
            \(covariates.joined(separator: "\n"))
            layers:
              - name: surface
                depth: [0, 0.05]
                model: forests/large.forest
                features: [\(LargeProductFile.covariates.map(\.name).joined(separator: ", "))]
            output: {type: uint16, scale: 0.001, nodata: 65535, unit: "m3 m-3", compress: zstd}
            missing: nodata

            """
    }
}

/// The keys of one kind of mapping, each with an example of its value.
///
/// This file is the whole vocabulary of a product file; defaults stand beside the types that they belong to.
struct Schema: Sendable {
    struct Key: Sendable {
        let name: String
        let example: String
        let isRequired: Bool
    }

    let keys: [Key]

    init(required: KeyValuePairs<String, String>, optional: KeyValuePairs<String, String> = [:]) {
        keys =
            required.map { Key(name: $0.key, example: $0.value, isRequired: true) }
            + optional.map { Key(name: $0.key, example: $0.value, isRequired: false) }
    }

    var names: [String] { keys.map(\.name) }

    /// A mapping with what is required.
    var example: String {
        "{\(keys.filter(\.isRequired).map { "\($0.name): \($0.example)" }.joined(separator: ", "))}"
    }
}

extension Schema {
    static let product = Schema(
        required: [
            "name": "gssm1km",
            "grid": "global-30arcsec",
            "period": "2016-01-01..2016-12-31",
            "covariates": "[{name: clay, unit: \"%\", source: {raster: static/clay.tif}}]",
            "layers": "[{name: surface, model: forests/surface.forest, features: [clay]}]",
            "output": "{type: uint16, scale: 0.001, nodata: 65535, unit: m3 m-3}",
        ],
        optional: ["unit": "month", "tile": "480", "mask": "{source: static/land.tif}", "missing": "nodata"])

    static let gridByShape = Schema(required: [
        "crs": "EPSG:4326", "west": "146", "north": "-34.3", "pixel": "1/120", "columns": "120",
        "rows": "120",
    ])

    static let gridByEdges = Schema(required: [
        "crs": "EPSG:4326", "west": "146", "east": "147", "south": "-35.3", "north": "-34.3",
        "pixel": "1/120",
    ])

    static let mask = Schema(required: ["source": "static/land.tif"])

    /// A covariate that is read from files.
    static let covariate = Schema(
        required: [
            "name": "rain", "unit": "mm", "source": "{netcdf: \"daily/meteo_{year}.nc\", variable: rain}",
        ],
        optional: [
            "scale": "0.1",
            "offset": "-273.15",
            "daily": "mean",
            "valid": "[0, 500]",
            "clip": "0",
            "quality": "{band: 2, bits: [0, 1], in: [0, 1]}",
            "derive": "{antecedent-index: {terms: 34, decay: 0.91}}",
            "smooth": "{savitzky-golay: {half-window-days: 48, coefficients: 3, minimum: 5}}",
            "interpolate": "linear",
            "resample": "bilinear",
            "outside": "nodata",
            "above": "lst_night",
        ])

    /// A covariate that is made of others, or of the pixel's place or day: rules in time and space stay with
    /// its parts.
    static let computedCovariate = Schema(
        required: ["name": "lst_range", "unit": "K", "source": "{difference: [lst_day, lst_night]}"],
        optional: ["scale": "0.1", "offset": "-273.15", "valid": "[-50, 80]", "above": "lst_night"])

    static let rasterSource = Schema(
        required: ["raster": "\"ndvi/NDVI_{year}{doy}.tif\""], optional: ["band": "1", "every": "16"])

    static let granuleSource = Schema(
        required: ["granules": "\"MOD11A1.A{year}{doy}.{hv}.061.*.hdf\""],
        optional: ["field": "LST_Day_1km", "band": "1", "every": "16"])

    static let netCDFSource = Schema(
        required: ["netcdf": "\"daily/meteo_{year}.nc\"", "variable": "rain"],
        optional: [
            "every": "16",
            "grid": "{crs: \"EPSG:3035\", west: 3973369, north: 2951847, pixel: 24000, columns: 6, rows: 9}",
        ])

    static let topographicIndexSource = Schema(
        required: ["topographic-index": "merit/elv.vrt"],
        optional: [
            "directions": "merit/dir.vrt", "accumulation": "merit/upa.vrt", "accumulation-unit": "km2",
            "mode": "corrected",
        ])

    static let differenceSource = Schema(required: ["difference": "[lst_day, lst_night]"])
    static let meanSource = Schema(required: ["mean": "[lst_day, lst_night]"])

    static let continuousSource = Schema(
        required: [
            "continuous": "lst_clear", "weather": "air_at_overpass", "period": "2000-03-05..2020-12-31",
        ],
        optional: ["mode": "corrected", "fit": "lsq", "share": "0.5"])

    static let overpass = Schema(required: ["overpass": "10.5"], optional: ["every": "6"])

    /// What is made of the hours of a day, in steps of so many hours.
    static func dailyHours(of statistic: String) -> Schema {
        Schema(required: [statistic: "00..23"], optional: ["every": "3"])
    }

    static let accumulatedHours = Schema(required: ["accumulated": "next-midnight"])

    static let antecedentIndexDerivation = Schema(
        required: ["antecedent-index": "{terms: 34, decay: 0.91}"], optional: ["scale": "1000"])
    static let antecedentIndex = Schema(required: [:], optional: ["terms": "34", "decay": "0.91"])

    static let runningSumDerivation = Schema(required: ["running-sum": "5"])
    static let runningSum = Schema(required: ["days": "5"])

    static let smoothing = Schema(required: ["savitzky-golay": "{half-window-days: 48}"])
    static let savitzkyGolay = Schema(
        required: [:],
        optional: ["half-window-days": "48", "coefficients": "3", "minimum": "5", "mode": "corrected"])

    static let quality = Schema(
        required: ["in": "[0, 1]"],
        optional: [
            "raster": "\"lst/QC_{year}{doy}.tif\"", "netcdf": "\"lst_{year}.nc\"",
            "granules": "\"MOD11A1.A{year}{doy}.{hv}.061.*.hdf\"", "band": "2", "variable": "QC_Day",
            "field": "QC_Day", "bits": "[0, 1]",
        ])

    static let layer = Schema(
        required: ["name": "surface", "model": "forests/surface.forest", "features": "[clay, rain]"],
        optional: ["depth": "[0, 0.05]"])

    static let output = Schema(
        required: ["type": "uint16", "nodata": "65535", "unit": "m3 m-3"],
        optional: ["scale": "0.001", "offset": "0", "compress": "zstd"])
}

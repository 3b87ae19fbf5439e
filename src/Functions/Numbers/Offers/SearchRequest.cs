using System.ComponentModel;
using System.Text.Json.Serialization;
using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Http;

namespace Relais.Numbers.Offers;

/// <summary>The criteria of a search. Credentials are used for this call only; without them, the stored ones are used.</summary>
internal sealed record SearchRequest
{
    [JsonPropertyName("account_sid")]
    public string? AccountSid { get; init => field = RequestFormats.NullIfEmpty(value); }

    [JsonPropertyName("auth_token")]
    public string? AuthToken { get; init => field = RequestFormats.NullIfEmpty(value); }

    /// <summary>Only for Canada and the United States.</summary>
    public AreaCode? AreaCode { get; init => field = value is { Digits: "" } ? null : value; }

    /// <summary>2 to 16 digits or letters, * for any digit.</summary>
    public string? Contains { get; init => field = RequestFormats.NullIfEmpty(value); }

    [Description("Two letters in any case; the tenant's country by default.")]
    public string? Country { get; init => field = RequestFormats.NullIfEmpty(value)?.ToUpperInvariant(); }

    [Description("local (default), mobile or toll_free, in any case; tollfree and toll-free are accepted.")]
    public string? Type { get; init => field = NumberTypes.Normalise(value); }

    // Overridden so that logs of the record do not contain the auth token.
    public override string ToString() => "search";

    /// <param name="tenantCountry">The country that the search uses if the request names none.</param>
    public Failure? Validate(string tenantCountry) => new FaultList()
        .CheckCredentials(AccountSid, AuthToken)
        .Check("country", Country is null || RequestFormats.IsCountry(Country), RequestFormats.CountryFault)
        .Check("type", Type is null || NumberTypes.All.Contains(Type), RequestFormats.TypeFault)
        .Check("areaCode", AreaCode is null || RequestFormats.IsAreaCode(AreaCode.Digits), RequestFormats.AreaCodeFault)
        .Check("areaCode", AreaCode is null || (Country ?? tenantCountry) is "CA" or "US", "is for Canada and the United States only")
        .Check(
            "contains",
            Contains is null || RequestFormats.IsNumberPattern(Contains),
            "must be 2 to 16 digits, letters, * or %; + only at the start, $ only at the end")
        .Failure;
}

/// <summary>At most 30 numbers for sale.</summary>
internal sealed record SearchAnswer(bool Success, IReadOnlyList<FoundNumber> Numbers, int Count);

internal sealed record FoundNumber(
    string PhoneNumber, string FriendlyName, string? Locality, string? Region, CapabilitiesView Capabilities,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? MonthlyPrice);

internal sealed record CapabilitiesView(
    [property: JsonPropertyName("SMS")] bool Sms,
    [property: JsonPropertyName("MMS")] bool Mms,
    [property: JsonPropertyName("voice")] bool Voice)
{
    public static CapabilitiesView From(NumberCapabilities capabilities) => new(capabilities.Sms, capabilities.Mms, capabilities.Voice);
}

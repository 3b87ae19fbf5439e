using System.ComponentModel;
using System.Text.Json.Serialization;
using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;

namespace Relais.Numbers.Offers;

/// <summary>Which numbers are wanted. Credentials are used for this call alone; without them, the stored ones are.</summary>
internal sealed record SearchRequest
{
    [JsonPropertyName("account_sid")]
    public string? AccountSid { get; init => field = RequestFormats.NullIfEmpty(value); }

    [JsonPropertyName("auth_token")]
    public string? AuthToken { get; init => field = RequestFormats.NullIfEmpty(value); }

    /// <summary>Canada and the United States only.</summary>
    public AreaCode? AreaCode { get; init => field = value is { Digits: "" } ? null : value; }

    /// <summary>2 to 16 digits or letters, * for any digit.</summary>
    public string? Contains { get; init => field = RequestFormats.NullIfEmpty(value); }

    [Description("Two letters in any case; the tenant's country when left out.")]
    public string? Country { get; init => field = RequestFormats.NullIfEmpty(value)?.ToUpperInvariant(); }

    [Description("local (when left out), mobile or toll_free, in any case; tollfree and toll-free are understood.")]
    public string? Type { get; init => field = NumberTypes.Normalise(value); }

    // the token stays out of anything that prints the record
    public override string ToString() => "search";

    /// <param name="tenantCountry">Where the tenant is.</param>
    public Failure? Validate(string tenantCountry) => new Faults()
        .CheckCredentials(AccountSid, AuthToken)
        .Check("country", Country is null || RequestFormats.IsCountry(Country), RequestFormats.CountryFault)
        .Check("type", Type is null || NumberTypes.All.Contains(Type), RequestFormats.TypeFault)
        .Check("areaCode", AreaCode is null || RequestFormats.IsAreaCode(AreaCode.Digits), "must be three digits, such as 418")
        .Check("areaCode", AreaCode is null || (Country ?? tenantCountry) is "CA" or "US", "is for Canada and the United States only")
        .Check("contains", Contains is null || RequestFormats.IsNumberPattern(Contains), "must be 2 to 16 digits, letters, * or %; + only at the start, $ only at the end")
        .Failure;
}

/// <summary>Numbers for sale, 30 at the most.</summary>
internal sealed record SearchAnswer(bool Success, IReadOnlyList<FoundNumber> Numbers, int Count);

internal sealed record FoundNumber(
    string PhoneNumber, string FriendlyName, string? Locality, string? Region, CapabilitiesView Capabilities,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? MonthlyPrice);

internal sealed record CapabilitiesView([property: JsonPropertyName("SMS")] bool Sms, [property: JsonPropertyName("MMS")] bool Mms, [property: JsonPropertyName("voice")] bool Voice)
{
    public static CapabilitiesView Of(NumberCapabilities given) => new(given.Sms, given.Mms, given.Voice);
}

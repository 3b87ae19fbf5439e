namespace Relais.Simulators;

/// <summary>A number that an account owns.</summary>
/// <param name="PhoneNumber">number in E.164 format</param>
/// <param name="AccountSid">account that owns the number</param>
public sealed record SimulatedNumber(string PhoneNumber, string AccountSid)
{
    /// <summary>SID (PN…), assigned at the purchase.</summary>
    public string Sid { get; init; } = "";

    public string FriendlyName { get; init; } = "";

    /// <summary>Webhook for inbound messages, unless the number has an application.</summary>
    public string SmsUrl { get; init; } = "";

    public string SmsMethod { get; init; } = "POST";

    public string SmsFallbackUrl { get; init; } = "";

    public string SmsFallbackMethod { get; init; } = "POST";

    /// <summary>SID of an application, which replaces the URLs of the number. The simulator then calls no webhook.</summary>
    public string SmsApplicationSid { get; init; } = "";

    public string StatusCallback { get; init; } = "";

    public string StatusCallbackMethod { get; init; } = "POST";

    public string VoiceUrl { get; init; } = "";

    public string VoiceMethod { get; init; } = "POST";

    public string VoiceFallbackUrl { get; init; } = "";

    public string? AddressSid { get; init; }

    public string? BundleSid { get; init; }

    public string? IdentitySid { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    internal NumberBlock? Block => NumbersForSale.BlockOf(PhoneNumber);

    internal NumberType Type => Block?.Type ?? NumberType.Local;

    internal object Json => new
    {
        sid = Sid,
        account_sid = AccountSid,
        friendly_name = FriendlyName,
        phone_number = PhoneNumber,
        api_version = "2010-04-01",
        sms_url = SmsUrl,
        sms_method = SmsMethod,
        sms_fallback_url = SmsFallbackUrl,
        sms_fallback_method = SmsFallbackMethod,
        sms_application_sid = SmsApplicationSid,
        status_callback = StatusCallback,
        status_callback_method = StatusCallbackMethod,
        voice_url = VoiceUrl,
        voice_method = VoiceMethod,
        voice_fallback_url = VoiceFallbackUrl,
        voice_fallback_method = "POST",
        voice_application_sid = (string?)null,
        voice_caller_id_lookup = false,
        voice_receive_mode = "voice",
        trunk_sid = (string?)null,
        address_sid = AddressSid,
        bundle_sid = BundleSid,
        identity_sid = IdentitySid,
        address_requirements = (Block?.Address ?? AddressRequirement.None).Wire(),
        beta = false,
        origin = "twilio",
        status = "in-use",
        type = Type.Wire(),
        emergency_status = "Active",
        emergency_address_sid = (string?)null,
        emergency_address_status = "unregistered",
        capabilities = new { voice = Block?.Voice ?? true, sms = true, mms = Block?.Mms ?? false, fax = false },
        date_created = Rfc2822.Of(CreatedAt),
        date_updated = Rfc2822.Of(UpdatedAt),
        uri = $"/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{Sid}.json",
    };
}

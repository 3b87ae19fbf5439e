using Microsoft.Extensions.Options;
using Relais.Channels.Twilio;
using Relais.Platform.Settings;

namespace Relais.Telephony;

/// <summary>The times of a purchase go together with the time limit of a call, which is another module's setting.</summary>
internal sealed class ValidatePurchaseTimes(IConfiguration configuration) : IValidateOptions<TelephonyOptions>
{
    public ValidateOptionsResult Validate(string? name, TelephonyOptions options) =>
        options.OutlastsCall(new SettingsSection<TwilioOptions>(configuration, TwilioOptions.Section).Read().CallTimeout)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Telephony__SettleAfter must be more than Telephony__LeaveWithin, Twilio__CallTimeout and one second together.");
}

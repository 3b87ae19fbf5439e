using System.Collections.Frozen;
using Relais.Channels;
using Relais.Platform;

namespace Relais.Accounts;

/// <summary>The kind and the text of each failure of Accounts and Numbers.</summary>
internal static class TelephonyFailureTexts
{
    public static readonly FrozenDictionary<string, (FailureKind Kind, string Text)> ByCode =
        new Dictionary<string, (FailureKind, string)>
        {
            [TelephonyFailures.NoAccount] = (FailureKind.Conflict,
                "No Twilio account is set up. Save its credentials first (PUT /api/v1/telephony/credentials)."),
            [ProviderReasons.CredentialsRejected] = (FailureKind.Invalid,
                "Twilio does not accept these credentials. Copy Account SID and Auth Token again from the Twilio Console."),
            [ProviderReasons.AccountSuspended] = (FailureKind.Conflict,
                "Twilio has suspended this account. Settle it in the Twilio Console, then try again."),
            [TelephonyFailures.AccountClosed] = (FailureKind.Conflict, "This Twilio account is closed. Use another one."),
            [TelephonyFailures.AccountOfAnotherTenant] = (FailureKind.Conflict,
                "This Twilio account belongs to another organisation here. Use an account of your own."),
            [TelephonyFailures.AccountHasNumbers] = (FailureKind.Conflict,
                "The present account still has numbers, senders or work under way. Release them first."),
            [TelephonyFailures.AccountMismatch] = (FailureKind.Conflict,
                "The credentials sent are not those of the account that is set up. Leave them out, or change the account first."),
            [ProviderReasons.TrialLimit] = (FailureKind.Conflict,
                "A Twilio trial account may have no more numbers. Upgrade the account in the Twilio Console."),
            [ProviderReasons.BalanceTooLow] = (FailureKind.Conflict,
                "The account's balance does not pay for the number. Add funds in the Twilio Console."),
            [ProviderReasons.NumberInvalid] = (FailureKind.Invalid,
                "Twilio does not know such a number. Search again and choose one from the list."),
            [ProviderReasons.NumberNotAvailable] = (FailureKind.Conflict,
                "The number is not for sale any more. Search again and choose another."),
            [TelephonyFailures.NumberWithoutSms] = (FailureKind.Conflict, "This number takes no SMS. Choose one that does."),
            [TelephonyFailures.NumberAlreadyOwned] = (FailureKind.Conflict,
                "The account has this number already. Synchronise the numbers (POST /api/v1/telephony/sync), then connect it."),
            [TelephonyFailures.NumberOwnedByAnotherTenant] = (FailureKind.Conflict,
                "Another organisation here still has this number in its inventory. " +
                "It is free within an hour after that organisation's Twilio account has it no more."),
            [TelephonyFailures.NumberNotFound] = (FailureKind.NotFound, "The account has no such number."),
            [TelephonyFailures.NumberNotManaged] = (FailureKind.Conflict,
                "The number is not connected. Connect it first (POST /api/configure-twilio-webhook)."),
            [TelephonyFailures.NumberReleasing] = (FailureKind.Conflict, "The number is being released."),
            [TelephonyFailures.NumberBeingBought] = (FailureKind.Conflict,
                "An order for this number is under way. Wait for its end (GET /api/v1/telephony/orders)."),
            [TelephonyFailures.NumberInUse] = (FailureKind.Conflict,
                "The number is in use. End its campaigns and orders and let its waiting messages leave first."),
            [ProviderReasons.AreaCodeInvalid] = (FailureKind.Invalid, "There is no such area code. Choose another."),
            [ProviderReasons.AreaCodeEmpty] = (FailureKind.Conflict, "No number is for sale in this area code. Choose another."),
            [TelephonyFailures.TypeNotSold] = (FailureKind.Invalid,
                "Twilio sells no numbers of this type in this country. Choose another type or country."),
            [ProviderReasons.AddressRequired] = (FailureKind.Invalid,
                "This number needs an address. Send address_sid; addresses are kept in the Twilio Console."),
            [ProviderReasons.AddressInvalid] = (FailureKind.Invalid,
                "Twilio could not validate the address. Correct it in the Twilio Console, or send another address_sid."),
            [ProviderReasons.AddressNotAccepted] = (FailureKind.Invalid,
                "The address or bundle does not satisfy the country's rules. Send one that does."),
            [ProviderReasons.BundleRequired] = (FailureKind.Invalid,
                "This number needs an approved regulatory bundle. Send bundle_sid; bundles are made in the Twilio Console."),
            [TelephonyFailures.BundleNotAccepted] = (FailureKind.Invalid,
                "The bundle does not satisfy what this number asks for. Send one that is approved for its country and type."),
            [ProviderReasons.IdentityRequired] = (FailureKind.Invalid,
                "This number needs a verified identity. " +
                "Have it verified within a regulatory bundle in the Twilio Console and send bundle_sid."),
            [ProviderReasons.WebhookNotAccepted] = (FailureKind.Conflict,
                "Twilio does not hold the webhook addresses that were set. Look at the number in the Twilio Console, then repair it."),
            [TelephonyFailures.RequestTokenReused] = (FailureKind.Conflict,
                "This request token was used for another purchase. Send a new one."),
            [TelephonyFailures.OrderNotFound] = (FailureKind.NotFound, "There is no such order."),
            [ProviderReasons.ProviderBusy] = (FailureKind.Unavailable,
                "Twilio is taking no more requests of this account at the moment. Try again in a minute."),
            [ProviderReasons.ProviderUnavailable] = (FailureKind.Unavailable, "Twilio gave no usable answer. Try again in a few minutes."),
            [ProviderReasons.ProviderRefused] = (FailureKind.Conflict, "Twilio refused."),
        }.ToFrozenDictionary();
}

using Relais.Platform;

namespace Relais.Usage;

/// <summary>The messages of one day in one direction over one channel, for one country.</summary>
/// <param name="Day">UTC.</param>
/// <param name="Channel">sms, mms or whatsapp.</param>
/// <param name="Direction">in or out.</param>
/// <param name="Country">ISO 3166-1 alpha-2 of the receiving number; '*' when unknown.</param>
/// <param name="Messages">The number of messages.</param>
/// <param name="Segments">The number of SMS segments; on other channels the number of messages.</param>
internal sealed record UsageDay(DateOnly Day, string Channel, string Direction, string Country, long Messages, long Segments)
{
    public const string AnyCountry = "*";

    /// <summary>The item in the price list, such as sms-out.</summary>
    public string Item => $"{Channel}-{Direction}";

    /// <summary>The number of billed units.</summary>
    public long Quantity => Channel == MessageChannel.Sms ? Segments : Messages;

    public string Unit => Channel == MessageChannel.Sms ? "segment" : "message";
}

/// <summary>The numbers of one type and country that were rented in a month.</summary>
/// <param name="Item">The item in the price list, such as number-local.</param>
/// <param name="Country">ISO 3166-1 alpha-2.</param>
/// <param name="Numbers">How many numbers.</param>
internal sealed record Rental(string Item, string Country, int Numbers);

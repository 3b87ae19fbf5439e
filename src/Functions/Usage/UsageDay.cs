namespace Relais.Usage;

/// <summary>What went one way over one channel, to or from one country, on one day.</summary>
/// <param name="Day">GMT.</param>
/// <param name="Channel">sms, mms or whatsapp.</param>
/// <param name="Direction">in or out.</param>
/// <param name="Country">Of the number that received it; '*': not known.</param>
internal sealed record UsageDay(DateOnly Day, string Channel, string Direction, string Country, long Messages, long Segments)
{
    public const string AnyCountry = "*";

    /// <summary>As the price table names it.</summary>
    public string Item => $"{Channel}-{Direction}";

    /// <summary>What is billed.</summary>
    public long Quantity => Channel == "sms" ? Segments : Messages;

    public string Unit => Channel == "sms" ? "segment" : "message";
}

/// <summary>Numbers of one kind that were rented in a month.</summary>
/// <param name="Item">As the price table names it.</param>
internal sealed record Rental(string Item, string Country, int Numbers);

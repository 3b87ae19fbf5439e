namespace Relais.Channels;

/// <summary>What a provider counted in one category over one month. Parents hold their children: never sum.</summary>
/// <param name="Category">The provider's own word: totalprice, sms-outbound, phonenumbers …</param>
/// <param name="Count">Messages or numbers; null where there is nothing to count.</param>
/// <param name="Usage">What is billed: segments, messages, numbers.</param>
/// <param name="AsOf">When the provider last counted.</param>
internal sealed record UsageRecord(string Category, decimal? Count, decimal? Usage, decimal Price, string Currency, DateTimeOffset AsOf);

/// <summary>The edge that tells what will be billed: one call, never a retry, every failure as a value.</summary>
internal interface IUsageProvider
{
    /// <param name="month">Its first day; months end at midnight GMT.</param>
    /// <returns>Every category that the provider knows; an empty list: nothing was used.</returns>
    Task<ProviderResult<List<UsageRecord>>> ReadMonthAsync(ProviderAccount account, DateOnly month);
}

namespace Relais.Channels;

/// <summary>
/// The usage and price of one category in one month, as the provider counts them. Categories contain each other, so they must not be added.
/// </summary>
/// <param name="Category">The provider's name, such as totalprice, sms-outbound or phonenumbers.</param>
/// <param name="Count">The number of messages or phone numbers; null: the category has no count.</param>
/// <param name="Usage">The billed quantity: segments, messages or phone numbers.</param>
/// <param name="AsOf">When the provider last updated the record.</param>
internal sealed record UsageRecord(string Category, decimal? Count, decimal? Usage, decimal Price, string Currency, DateTimeOffset AsOf);

/// <summary>Reads the usage that a provider will bill. Makes one call, never retries, and returns a failure as a value.</summary>
internal interface IUsageProvider
{
    /// <param name="month">The first day of the month; months end at midnight UTC.</param>
    /// <returns>Every category that the provider reports; empty: nothing was used.</returns>
    Task<ProviderResult<List<UsageRecord>>> ReadMonthAsync(ProviderCredentials account, DateOnly month);
}

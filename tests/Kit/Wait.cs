using System.Runtime.CompilerServices;
using Xunit.Sdk;

namespace Relais.Kit;

/// <summary>Waits until a condition becomes true, instead of sleeping.</summary>
public static class Wait
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(60);

    public static Task UntilAsync(
        Func<bool> condition, TimeSpan? limit = null, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        UntilAsync(() => Task.FromResult(condition()), limit, what);

    public static async Task UntilAsync(
        Func<Task<bool>> condition, TimeSpan? limit = null, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(since) > (limit ?? DefaultLimit))
            {
                throw new XunitException($"Not true within {(limit ?? DefaultLimit).TotalSeconds:0.#} s: {what}");
            }

            await Task.Delay(Poll);
        }
    }
}

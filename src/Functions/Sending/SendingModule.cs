using Relais.Platform.Settings;
using Relais.Sending.Overdue;
using Relais.Sending.Pump;
using Relais.Sending.Unknown;

namespace Relais.Sending;

internal static class SendingModule
{
    public static IServiceCollection AddSending(this IServiceCollection services) => services
        .AddValidatedOptions<SendingOptions>(SendingOptions.Section)
        .AddSingleton(Random.Shared)
        .AddSingleton<SendingMeasures>()
        .AddSingleton<SenderDirectory>()
        .AddSingleton<SenderLease>()
        .AddSingleton<ClaimMessages>()
        .AddSingleton<RecordOutcomes>()
        .AddSingleton<ReleaseSender>()
        .AddSingleton<SenderPump>()
        .AddSingleton<SettleUnknown>()
        .AddSingleton<AskOverdue>()
        .AddSingleton<SweepSenders>();
}

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
        .AddSingleton<SendingMetrics>()
        .AddSingleton<SenderConnections>()
        .AddSingleton<SenderLeases>()
        .AddSingleton<ClaimMessages>()
        .AddSingleton<RecordOutcomes>()
        .AddSingleton<ReleaseSenderLease>()
        .AddSingleton<SenderPump>()
        .AddSingleton<ResolveUnknownOutcomes>()
        .AddSingleton<PollOverdueStatuses>()
        .AddSingleton<SweepSenders>();
}

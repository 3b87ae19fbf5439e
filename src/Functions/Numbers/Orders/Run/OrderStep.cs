namespace Relais.Numbers.Orders.Run;

internal enum OrderStepKind
{
    Buy,
    Store,
    Connect,
    Register,
    Undo,
    Wait,
    End,
}

internal readonly record struct OrderStep(OrderStepKind Kind, TimeSpan Delay = default);

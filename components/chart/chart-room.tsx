import './chart.css'

/** Keeps the room of a chart that is on its way, so that nothing jumps when it comes. */
export const ChartRoom = () => (
  <div className="claviger-chart-room" role="status" aria-label="Loading chart" />
)

"""An invented province that delivers its records: data to develop, test and evaluate the platform with.

Belongs here: everything the platform must never read: latent risk, planted defects, generators.
Does not belong here: anything that the walk from deliveries to classes needs.
"""

from orchestration.simulation.chance import SimulationError
from orchestration.simulation.run import Simulated, simulate

__all__ = ["Simulated", "SimulationError", "simulate"]
